package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Awaitable;
import dev.tandem.CancelledException;
import dev.tandem.Task;
import dev.tandem.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * A failure of the loop itself comes out of {@code run}, whichever thread leads the loop at that moment; what waits then
 * is cancelled as at the end of every run.
 */
class LoopFailureTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  /** The thread of the task that waits. */
  private Thread waiting;

  @Test
  void reportThatNothingCanHappenComesOutOfRun() {
    var thrown = assertThrows(
        IllegalStateException.class,
        () -> run(() -> {
          lead();
          awaitTheEnd(runningLoop().createFuture());
        }));
    assertEquals(
        "Nothing can ever happen again: no call is ready, no timer is set, and nothing waits for a channel or thread.",
        thrown.getMessage().lines().findFirst().orElseThrow());
    assertEquals(List.of("ended by CancelledException"), log);
    assertFalse(waiting.isAlive());
  }

  @Test
  void errorOfTheJvmInACallbackComesOutOfRun() {
    var error = new InternalError("the JVM is broken");
    Thread caller = Thread.currentThread();
    var thrownOn = new AtomicReference<Thread>();
    var thrown = assertThrows(InternalError.class, () -> {
      try {
        run(() -> {
          lead();
          runningLoop().callSoon(() -> {
            throw error;
          });
          awaitTheEnd(sleep(SECOND));
        });
      } finally {
        thrownOn.set(Thread.currentThread());
      }
    });
    assertSame(error, thrown);
    assertSame(caller, thrownOn.get());
    assertEquals(List.of("ended by CancelledException"), log);
    assertFalse(waiting.isAlive());
  }

  @Test
  void errorOfTheJvmInAnotherTaskComesOutOfRun() {
    var error = new InternalError("the JVM is broken");
    var thrown = assertThrows(
        InternalError.class,
        () -> run(() -> {
          lead();
          Task<Void> broken = createTask("broken", () -> {
            throw error;
          });
          broken.whenComplete((nothing, failure) -> log.add("told of " + failure));
          awaitTheEnd(sleep(SECOND));
        }));
    assertSame(error, thrown);
    assertEquals(List.of("told of " + error, "ended by CancelledException"), log);
    assertFalse(waiting.isAlive());
  }

  @Test
  void errorOfTheJvmInTheTaskItselfComesOutOfRun() {
    var error = new InternalError("the JVM is broken");
    var thrown = assertThrows(
        InternalError.class,
        () -> run(() -> {
          lead();
          await(sleep(SECOND));
          throw error;
        }));
    assertSame(error, thrown);
    assertFalse(waiting.isAlive());
  }

  @Test
  void stackOverflowInACallbackIsReportedAndTheLoopGoesOn() {
    run(() -> {
      lead();
      runningLoop()
          .setExceptionHandler(
              (loop, context) -> log.add(context.getException().getClass().getSimpleName()));
      runningLoop().callSoon(LoopFailureTest::overflow);
      await(sleep(SECOND));
      log.add("goes on at " + KotlinFrames.time());
    });
    assertEquals(List.of("StackOverflowError", "goes on at 1.0"), log);
  }

  @Test
  void runnerGoesOnAfterTheFailureOfARun() {
    try (var runner = new Runner(new VirtualClock())) {
      assertThrows(
          InternalError.class,
          () -> runner.run(() -> {
            lead();
            runningLoop().callSoon(() -> {
              throw new InternalError("the JVM is broken");
            });
            awaitTheEnd(sleep(SECOND));
          }));
      assertEquals("next run", runner.run(() -> {
        await(sleep(SECOND));
        return "next run";
      }));
    }
  }

  /** On a thread that can lead the loop, lets it do so from the next await on. */
  private void lead() {
    await(sleep(Duration.ZERO));
    waiting = Thread.currentThread();
  }

  private void awaitTheEnd(Awaitable<?> never) {
    try {
      await(never);
    } catch (CancelledException e) {
      log.add("ended by " + e.getClass().getSimpleName());
      throw e;
    }
  }

  private static void overflow() {
    overflow();
  }
}
