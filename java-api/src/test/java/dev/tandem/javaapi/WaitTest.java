package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.CancelledException;
import dev.tandem.Future;
import dev.tandem.ReturnWhen;
import dev.tandem.Task;
import dev.tandem.WaitResult;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WaitTest extends OnEachCarrier {
  @Test
  void returnsWhenAllAreDoneAndThrowsNothing() {
    run(() -> {
      var fine = createTask(() -> await(sleep(SECOND)));
      var failing = failingAfter(2);
      var result = await(Asyncio.wait(List.of(fine, failing)));
      assertEquals(Set.of(fine, failing), result.done());
      assertEquals(Set.of(), result.pending());
      assertEquals("broken", failing.exception().getMessage());
    });
  }

  @Test
  void firstCompletedReturnsWithTheFirst() {
    run(() -> {
      var quick = taskFor(1);
      var slow = taskFor(5);
      WaitResult<Task<Void>> result =
          await(Asyncio.wait(List.of(slow, quick), ReturnWhen.FIRST_COMPLETED));
      assertEquals(Set.of(quick), result.done());
      assertEquals(Set.of(slow), result.pending());
      assertEquals(1.0, KotlinFrames.time());
    });
  }

  @Test
  void firstExceptionReturnsWithTheFirstFailure() {
    run(() -> {
      var quick = taskFor(1);
      var failing = failingAfter(2);
      var slow = taskFor(5);
      var result = await(Asyncio.wait(List.of(slow, quick, failing), ReturnWhen.FIRST_EXCEPTION));
      assertEquals(List.of(quick, failing), List.copyOf(result.done()));
      assertEquals("broken", failing.exception().getMessage());
    });
  }

  @Test
  void timeLimitIsNoErrorAndCancelsNothing() {
    run(() -> {
      var quick = taskFor(1);
      var slow = taskFor(5);
      var result = await(Asyncio.wait(List.of(quick, slow), seconds(2)));
      assertSame(slow, result.pending().iterator().next());
      await(slow);
      assertEquals(5.0, KotlinFrames.time());
    });
  }

  @Test
  void conditionAndTimeLimitTogether() {
    run(() -> {
      var tasks = List.of(taskFor(4), taskFor(5));
      var result = await(Asyncio.wait(tasks, seconds(2), ReturnWhen.FIRST_COMPLETED));
      assertEquals(tasks, List.copyOf(result.pending()));
      result = await(Asyncio.wait(tasks, null, ReturnWhen.FIRST_COMPLETED));
      assertEquals(4.0, KotlinFrames.time());
      assertEquals(1, result.done().size());
    });
  }

  @Test
  void cancellingTheWaitLeavesTheFuturesAlone() {
    run(() -> {
      var slow = taskFor(5);
      var waiting = createTask(Asyncio.wait(List.of(slow)));
      await(sleep(SECOND));
      waiting.cancel();
      assertThrows(CancelledException.class, () -> await(waiting));
      assertFalse(slow.done());
    });
  }

  @Test
  void futuresAndTasksMix() {
    run(() -> {
      var future = runningLoop().<String>createFuture();
      runningLoop().callLater(SECOND, () -> future.complete("set"));
      Collection<Future<?>> both = List.of(future, taskFor(2));
      assertEquals(2, await(Asyncio.wait(both)).done().size());
    });
  }

  @Test
  void nothingToWaitForIsAnErrorAtTheCall() {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> Asyncio.wait(List.<Task<Void>>of()));
    assertEquals(
        "wait() was given no futures to wait for. Ask isEmpty() before, or use gather(), which then has an empty list.",
        thrown.getMessage());
  }

  private static Task<Void> taskFor(double seconds) {
    return createTask(sleep(seconds(seconds)));
  }

  private static Task<Void> failingAfter(double seconds) {
    return createTask(async(() -> {
      await(sleep(seconds(seconds)));
      throw new IOException("broken");
    }));
  }
}
