package dev.tandem.javaapi.conformance;

import static dev.tandem.conformance.ExceptionsKt.isOrdinary;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.waitFor;

import dev.tandem.Awaitable;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.ExceptionContext;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.VirtualClock;
import dev.tandem.conformance.Item;
import dev.tandem.conformance.Run;
import dev.tandem.conformance.Scenario;
import dev.tandem.conformance.Statement;
import dev.tandem.conformance.Undefined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs the programs of one scenario, as {@code shared/conformance/README.md} specifies it: each is a Java method that
 * awaits. The statements are defined in the classes beside this one, by the part of the library that they use.
 */
final class Interpreter implements AutoCloseable {
  /** The operations that the interpreter knows. */
  static final Set<String> KNOWN_OPERATIONS;

  private static final String MAIN = "main";

  /** Stands at a program's top level only, where {@link #runProgram} sees it. */
  private static final String RETURN = "return";

  /** Reports that come when an object is found to be unreachable; the corpus leaves them out. */
  private static final List<String> DEPENDS_ON_GARBAGE_COLLECTOR =
      List.of("never retrieved", "never awaited", "was destroyed");

  final EventLoop loop = EventLoopKt.newEventLoop(new VirtualClock());
  final Trace trace = new Trace(loop);

  private final Scenario scenario;
  private final Map<String, Object> variables = new HashMap<>();
  private final Map<String, Meaning> meanings = new HashMap<>();

  /** The tasks that the programs spawned, in order. */
  private final List<Task<?>> spawned = new ArrayList<>();

  static {
    try (var interpreter = new Interpreter(new Scenario("none", Map.of(), List.of()))) {
      KNOWN_OPERATIONS = interpreter.operations();
    }
  }

  Interpreter(Scenario scenario) {
    this.scenario = scenario;
    new ControlStatements(this).defineAll();
    new TaskStatements(this).defineAll();
    new WaitingStatements(this).defineAll();
    new ScopeStatements(this).defineAll();
    new SynchronisationStatements(this).defineAll();
    new QueueStatements(this).defineAll();
    loop.setExceptionHandler((loop, report) -> recordUnhandled(report));
  }

  // ---- the run ----------------------------------------------------------------------------------

  Run runToEnd() {
    try {
      String failure = runMain();
      if (failure == null) {
        failure = endLeftTasks();
      }
      return new Run(trace.events(), trace.ranAway() ? "it ran away" : failure);
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    loop.close();
  }

  /** Returns what kept the main program from its end, or null. */
  private String runMain() {
    Task<Object> main = loop.createTask(async(MAIN, () -> runProgram(MAIN)), MAIN, null, null);
    Object end;
    try {
      end = Trace.result(loop.runUntilComplete(main));
    } catch (Exception e) {
      if (!main.done()) {
        return "the loop ended before its main program: " + e;
      }
      end = Trace.encode(e);
    }
    trace.record(Trace.CALLBACK, "end", end);
    return null;
  }

  private String endLeftTasks() {
    List<Task<?>> left = spawned.stream().filter(task -> !task.done()).toList();
    left.forEach(Task::cancel);
    if (!left.isEmpty()) {
      try {
        Future<List<Object>> all = gather(left, true);
        loop.runUntilComplete(waitFor(all, Duration.ofSeconds(100)));
      } catch (Exception e) {
        return "the tasks that were left did not end: " + e;
      }
    }
    left.forEach(task -> trace.record(Trace.CALLBACK, "left", task.getName(), Trace.stateOf(task)));
    return null;
  }

  private void recordUnhandled(ExceptionContext report) {
    Throwable exception = report.getException();
    if (exception != null
        && isOrdinary(exception)
        && DEPENDS_ON_GARBAGE_COLLECTOR.stream().noneMatch(report.getMessage()::contains)) {
      trace.record(Trace.CALLBACK, "unhandled", Trace.encode(exception));
    }
  }

  // ---- programs ---------------------------------------------------------------------------------

  /** Runs a program in the current task and returns its result. */
  Object runProgram(String name) throws Exception {
    var frame = new Frame();
    for (Statement statement : scenario.getPrograms().get(name)) {
      if (statement.getOperation().equals(RETURN)) {
        return statement.value(0);
      }
      execute(statement, frame);
    }
    return null;
  }

  void runBlock(List<Statement> block, Frame frame) throws Exception {
    for (Statement statement : block) {
      execute(statement, frame);
    }
  }

  private void execute(Statement statement, Frame frame) throws Exception {
    try {
      meanings.get(statement.getOperation()).run(statement, frame);
    } catch (Undefined e) {
      trace.log("undef", e.getName());
    }
  }

  // ---- for the definitions of the statements ----------------------------------------------------

  void define(String operation, Meaning meaning) {
    meanings.put(operation, meaning);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  /** Returns what the variable holds. Where it is not defined, the statement ends with the event {@code undef}. */
  @SuppressWarnings("unchecked")
  <T> T get(String name) {
    Object value = variables.get(name);
    if (value == null) {
      throw new Undefined(name);
    }
    return (T) value;
  }

  Future<Object> future(String name) {
    return get(name);
  }

  Awaitable<Object> awaitable(Item item) {
    if (item instanceof Item.Program program) {
      return async(program.getName(), () -> runProgram(program.getName()));
    }
    return future(((Item.Variable) item).getName());
  }

  void addSpawned(String name, Task<?> task) {
    set(name, task);
    spawned.add(task);
  }

  private Set<String> operations() {
    var operations = new HashSet<>(meanings.keySet());
    operations.add(RETURN);
    return operations;
  }
}
