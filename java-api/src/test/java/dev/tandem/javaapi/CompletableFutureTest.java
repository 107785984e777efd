package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Tasks and futures as CompletableFutures, mostly from threads that know nothing of the loop. */
class CompletableFutureTest extends OnEachCarrier {
  @Test
  void taskComposesWithOtherStages() {
    String result = run(() -> {
      Task<Integer> one = createTask(() -> answerAfterASecond(20));
      Task<Integer> two = createTask(() -> answerAfterASecond(22));
      CompletableFuture<String> sum = one.thenCombine(two, Integer::sum).thenApply(n -> "sum " + n);
      return await(sum);
    });
    assertEquals("sum 42", result);
  }

  @Test
  void allOfWaitsForTasks() {
    double ended = run(() -> {
      var one = createTask(() -> await(sleep(SECOND)));
      var two = createTask(() -> await(sleep(seconds(2))));
      await(CompletableFuture.allOf(one, two));
      return KotlinFrames.time();
    });
    assertEquals(2.0, ended);
  }

  @Test
  void anotherThreadJoinsATask() {
    String result = run(() -> {
      Task<Integer> task = createTask(() -> answerAfterASecond(1));
      return await(CompletableFuture.supplyAsync(() -> "joined " + task.join()));
    });
    assertEquals("joined 1", result);
  }

  @Test
  void anotherThreadSeesTheExceptionAsTheCause() {
    run(() -> {
      var failure = new IOException("broken");
      Task<String> task = createTask(() -> {
        await(sleep(SECOND));
        throw failure;
      });
      var thrown = await(
          CompletableFuture.supplyAsync(() -> assertThrows(CompletionException.class, task::join)));
      assertSame(failure, thrown.getCause());
    });
  }

  @Test
  void anotherThreadCompletesAFutureThatATaskAwaits() {
    String result = run(() -> {
      var future = runningLoop().<String>createFuture();
      CompletableFuture<Boolean> completing =
          CompletableFuture.supplyAsync(() -> future.complete("from a thread"));
      assertTrue(await(completing));
      return await(future);
    });
    assertEquals("from a thread", result);
  }

  @Test
  void cancelledTaskIsCancelledForItsDependentsToo() {
    run(() -> {
      var task = createTask(() -> await(sleep(SECOND)));
      var dependent = task.thenApply(nothing -> "never");
      task.cancel(true);
      assertThrows(CancelledException.class, () -> await(task));
      await(sleep(SECOND));
      assertTrue(dependent.isCompletedExceptionally());
    });
  }

  private static int answerAfterASecond(int answer) {
    await(sleep(SECOND));
    return answer;
  }
}
