package dev.tandem.javaapi.conformance;

import static dev.tandem.conformance.ExceptionsKt.newException;
import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;

import dev.tandem.DoneCallback;
import dev.tandem.Future;
import dev.tandem.Handle;
import dev.tandem.Task;
import dev.tandem.conformance.Statement;
import dev.tandem.conformance.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What makes, asks, completes and cancels tasks, futures and scheduled calls. */
final class TaskStatements extends Statements {
  private final Map<String, DoneCallback<Object>> callbacks = new HashMap<>();

  TaskStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define("spawn", statement -> {
      String name = statement.text(0);
      String program = statement.text(1);
      interpreter.addSpawned(name, createTask(name, () -> interpreter.runProgram(program)));
    });
    define("spawn_eager", statement -> {
      String name = statement.text(0);
      String program = statement.text(1);
      Task<Object> task =
          createTask(name, null, true, async(program, () -> interpreter.runProgram(program)));
      interpreter.addSpawned(name, task);
      trace.log("spawned", name, Trace.stateOf(task));
    });
    define(
        "all_tasks",
        statement -> trace.log(
            "all_tasks", allTasks().stream().map(Trace::labelOf).sorted().toList()));
    define("current", statement -> trace.log("current", Trace.labelOf(currentTask())));
    defineCancelling();
    defineFutures();
    defineCallbacks();
  }

  private void defineCancelling() {
    define("cancel", statement -> {
      String name = statement.text(0);
      Future<Object> future = interpreter.future(name);
      trace.logOutcome(List.of("cancel", name), () -> future.cancel(statement.textOrNull(1)));
    });
    define("uncancel", statement -> trace.log("uncancel", currentTask().uncancel()));
    define("cancelling", statement -> {
      String name = statement.text(0);
      Task<Object> task = interpreter.get(name);
      trace.log("cancelling", name, task.cancelling());
    });
  }

  private void defineFutures() {
    define("future", statement -> interpreter.set(statement.text(0), loop.createFuture()));
    define("await", statement -> {
      String name = statement.text(0);
      Future<Object> future = interpreter.future(name);
      trace.logOutcome(List.of("await", name), () -> await(future));
    });
    define("state", statement -> {
      String name = statement.text(0);
      trace.log("state", name, Trace.stateOf(interpreter.future(name)));
    });
    define("set_result", statement -> {
      String name = statement.text(0);
      Future<Object> future = interpreter.future(name);
      trace.logOutcome(List.of("set_result", name), () -> future.setResult(statement.value(1)));
    });
    define("set_exc", statement -> {
      String name = statement.text(0);
      Future<Object> future = interpreter.future(name);
      Exception exception = newException(statement.text(1), statement.text(2));
      trace.logOutcome(List.of("set_exc", name), () -> future.setException(exception));
    });
  }

  private void defineCallbacks() {
    define("add_cb", statement -> {
      Future<Object> future = interpreter.future(statement.text(0));
      DoneCallback<Object> callback = callback(statement);
      callbacks.put(statement.text(1), callback);
      future.addDoneCallback(callback);
    });
    define("remove_cb", statement -> {
      String name = statement.text(0);
      String label = statement.text(1);
      Future<Object> future = interpreter.future(name);
      DoneCallback<Object> callback = callbacks.get(label);
      if (callback == null) {
        throw new Undefined(label);
      }
      trace.log("remove_cb", name, label, future.removeDoneCallback(callback));
    });
    define("call_soon", statement -> loop.callSoon(() -> recordRun(statement.text(0))));
    define("call_later", statement -> {
      String label = statement.text(2);
      interpreter.set(
          statement.text(0), loop.callLater(statement.duration(1), () -> recordRun(label)));
    });
    define(
        "cancel_handle", statement -> interpreter.<Handle>get(statement.text(0)).cancel());
  }

  private DoneCallback<Object> callback(Statement statement) {
    String label = statement.text(1);
    String raised = statement.textOrNull(2);
    return future -> {
      trace.record(Trace.CALLBACK, "callback", label, Trace.stateOf(future));
      if (raised != null) {
        raise(newException(raised, "m:" + label));
      }
    };
  }

  private void recordRun(String label) {
    trace.record(Trace.CALLBACK, "ran", label);
  }

  /** Throws an exception where Java allows no checked one. */
  @SuppressWarnings("unchecked")
  private static <X extends Exception> void raise(Exception exception) throws X {
    throw (X) exception;
  }
}
