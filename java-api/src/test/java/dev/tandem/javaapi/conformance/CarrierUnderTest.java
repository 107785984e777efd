package dev.tandem.javaapi.conformance;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tandem.conformance.Run;
import dev.tandem.conformance.Scenario;
import dev.tandem.conformance.Tally;
import dev.tandem.javaapi.internal.CarrierKind;
import dev.tandem.javaapi.internal.LoopThread;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DynamicTest;

/** One kind of carrier, on which scenarios run one after the other; their loops share a thread of that kind. */
final class CarrierUnderTest implements AutoCloseable {
  /** A scenario takes milliseconds; one that takes so long has lost a wake-up. */
  private static final int LIMIT_SECONDS = 60;

  private final CarrierKind kind;
  private final Tally tally;

  /** Null until a scenario needs it. */
  private LoopThread thread;

  CarrierUnderTest(CarrierKind kind) {
    this.kind = kind;
    tally = new Tally("java (" + kind + ")");
  }

  DynamicTest test(Scenario scenario) {
    return dynamicTest(
        scenario.getId(), () -> tally.check(scenario, Interpreter.KNOWN_OPERATIONS, this::run));
  }

  /** Prints the summary. */
  @Override
  public void close() {
    tally.print();
    if (thread != null) {
      thread.end();
    }
  }

  private Run run(Scenario scenario) {
    System.setProperty(CarrierKind.PROPERTY, kind.toString());
    try {
      return runOnThread(scenario);
    } catch (TimeoutException e) {
      thread = null; // It is stuck, and a daemon.
      return new Run(List.of(), "it hangs");
    } catch (Exception e) {
      throw new AssertionError(scenario.getId() + " could not be run.", e);
    } finally {
      System.clearProperty(CarrierKind.PROPERTY);
    }
  }

  private Run runOnThread(Scenario scenario) throws Exception {
    if (thread == null) {
      thread = new LoopThread();
    }
    var run = new FutureTask<>(() -> new Interpreter(scenario).runToEnd());
    thread.start(Executors.callable(run));
    return run.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
