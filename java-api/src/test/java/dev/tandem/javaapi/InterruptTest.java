package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.Future;
import dev.tandem.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an interrupt of the thread that carries a task does: nothing to the loop, and to the code what it always does. */
class InterruptTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void whileTheCodeWaitsIsKeptForIt() {
    run(() -> {
      await(sleep(Duration.ZERO));
      await(toThread(Thread.currentThread()::interrupt));
      log.add("interrupted " + Thread.interrupted());
      await(sleep(SECOND));
      log.add("slept till " + KotlinFrames.time());
    });
    assertEquals(List.of("interrupted true", "slept till 1.0"), log);
  }

  @Test
  void whileAnotherTaskLeadsTheLoopIsKeptForTheCode() {
    run(() -> {
      Future<Thread> thread = runningLoop().createFuture();
      Task<Boolean> other = createTask("other", () -> {
        thread.setResult(Thread.currentThread());
        await(sleep(SECOND));
        return Thread.interrupted();
      });
      Thread threadOfOther = await(thread);
      await(toThread(threadOfOther::interrupt));
      assertFalse(Thread.currentThread().isInterrupted());
      assertTrue(await(other));
    });
  }

  @Test
  void thatTheCodeLeavesBehindDoesNotReachTheNextTask() {
    run(() -> {
      await(createTask("interrupted", () -> Thread.currentThread().interrupt()));
      await(createTask("next", () -> {
        log.add("next is interrupted: " + Thread.interrupted());
      }));
    });
    assertEquals(List.of("next is interrupted: false"), log);
  }
}
