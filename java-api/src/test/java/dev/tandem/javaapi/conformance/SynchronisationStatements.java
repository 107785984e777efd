package dev.tandem.javaapi.conformance;

import static dev.tandem.javaapi.Asyncio.await;

import dev.tandem.Coroutine;
import dev.tandem.conformance.Statement;
import dev.tandem.javaapi.Barrier;
import dev.tandem.javaapi.BoundedSemaphore;
import dev.tandem.javaapi.Condition;
import dev.tandem.javaapi.Event;
import dev.tandem.javaapi.Lock;
import dev.tandem.javaapi.Semaphore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Locks, semaphores, events, conditions and barriers. What Python answers with True has another result here, or none. */
final class SynchronisationStatements extends Statements {
  private final Map<String, Boolean> flags = new HashMap<>();

  SynchronisationStatements(Interpreter interpreter) {
    super(interpreter);
  }

  @Override
  void defineAll() {
    define("lock", statement -> interpreter.set(statement.text(0), new Lock()));
    define(
        "semaphore",
        statement -> interpreter.set(statement.text(0), new Semaphore(statement.number(1))));
    define(
        "bsemaphore",
        statement -> interpreter.set(statement.text(0), new BoundedSemaphore(statement.number(1))));
    define("condition", statement -> interpreter.set(statement.text(0), new Condition()));
    define("event", statement -> interpreter.set(statement.text(0), new Event()));
    define(
        "barrier",
        statement -> interpreter.set(statement.text(0), new Barrier(statement.number(1))));
    defineAcquiring();
    defineEvents();
    defineConditions();
    defineBarriers();
  }

  /** What the kinds of locks have in common. */
  private record Acquirable(
      Supplier<Coroutine<?>> acquire, Runnable release, BooleanSupplier locked) {}

  private Acquirable acquirable(String name) {
    Object held = interpreter.get(name);
    if (held instanceof Lock lock) {
      return new Acquirable(lock::acquire, lock::release, lock::locked);
    }
    if (held instanceof Condition condition) {
      return new Acquirable(condition::acquire, condition::release, condition::locked);
    }
    if (held instanceof Semaphore semaphore) {
      return new Acquirable(semaphore::acquire, semaphore::release, semaphore::locked);
    }
    throw new AssertionError(name + " cannot be acquired: " + held);
  }

  private void defineAcquiring() {
    define("acquire", statement -> {
      String name = statement.text(0);
      Acquirable acquirable = acquirable(name);
      trace.logOutcome(List.of("acquire", name), () -> {
        await(acquirable.acquire().get());
        return true;
      });
    });
    define("release", statement -> {
      String name = statement.text(0);
      Acquirable acquirable = acquirable(name);
      trace.logOutcome(List.of("release", name), () -> acquirable.release().run());
    });
    define("locked", statement -> {
      String name = statement.text(0);
      trace.log("locked", name, acquirable(name).locked().getAsBoolean());
    });
    define("with", this::runWith);
  }

  private void runWith(Statement statement, Frame frame) throws Exception {
    String name = statement.text(0);
    Acquirable acquirable = acquirable(name);
    try {
      await(acquirable.acquire().get());
      try {
        trace.log("entered", name);
        interpreter.runBlock(statement.block(1), frame);
      } finally {
        acquirable.release().run();
      }
    } finally {
      trace.log("left", name);
    }
  }

  private void defineEvents() {
    define("e_wait", statement -> {
      String name = statement.text(0);
      Event event = interpreter.get(name);
      trace.logOutcome(List.of("e_wait", name), () -> {
        await(event.await());
        return true;
      });
    });
    define("e_set", statement -> interpreter.<Event>get(statement.text(0)).set());
    define("e_clear", statement -> interpreter.<Event>get(statement.text(0)).clear());
  }

  private void defineConditions() {
    define("flag", statement -> flags.put(statement.text(0), statement.flag(1)));
    define("c_wait", statement -> {
      String name = statement.text(0);
      Condition condition = interpreter.get(name);
      trace.logOutcome(List.of("c_wait", name), () -> {
        await(condition.await());
        return true;
      });
    });
    define("c_wait_flag", statement -> {
      String name = statement.text(0);
      String flag = statement.text(1);
      Condition condition = interpreter.get(name);
      trace.logOutcome(List.of("c_wait_flag", name, flag), () -> {
        await(condition.await(() -> flags.getOrDefault(flag, false)));
        return true;
      });
    });
    define("c_notify", statement -> {
      String name = statement.text(0);
      Condition condition = interpreter.get(name);
      trace.logOutcome(List.of("c_notify", name), () -> condition.signal(statement.number(1)));
    });
    define("c_notify_all", statement -> {
      String name = statement.text(0);
      Condition condition = interpreter.get(name);
      trace.logOutcome(List.of("c_notify_all", name), () -> condition.signalAll());
    });
  }

  private void defineBarriers() {
    define("b_wait", statement -> {
      String name = statement.text(0);
      Barrier barrier = interpreter.get(name);
      trace.logOutcome(List.of("b_wait", name), () -> await(barrier.await()));
    });
    define("b_reset", statement -> {
      String name = statement.text(0);
      Barrier barrier = interpreter.get(name);
      trace.logOutcome(List.of("b_reset", name), () -> await(barrier.reset()));
    });
    define("b_abort", statement -> {
      String name = statement.text(0);
      Barrier barrier = interpreter.get(name);
      trace.logOutcome(List.of("b_abort", name), () -> await(barrier.abort()));
    });
    define("b_state", statement -> {
      String name = statement.text(0);
      Barrier barrier = interpreter.get(name);
      trace.log("b_state", name, barrier.waitingCount(), barrier.isBroken());
    });
  }
}
