package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.timeout;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Java awaits Kotlin code that has gone to another dispatcher, {@code withContext(Dispatchers.IO)}, and is stopped. */
class KotlinAwayTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();
  private final KotlinAway away = new KotlinAway(log);

  @Test
  void cancellationReachesTheFrameThatIsAwayAndThenTheJavaFrames() {
    run(() -> {
      Task<String> task =
          createTask(java("outer", KotlinFrames.awaiting(java("inner", away.waiting()))));
      await(away.getLeft());
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("kotlin enough", "kotlin is back", "inner enough", "outer enough"), log);
  }

  @Test
  void javaFrameThatCatchesTheCancellationGoesOnInItsTask() {
    String result = run(() -> {
      Task<String> task = createTask("task", () -> {
        Thread mine = Thread.currentThread();
        try {
          return await(away.waiting());
        } catch (CancelledException e) {
          assertSame(mine, Thread.currentThread());
          await(sleep(SECOND));
          return currentTask().getName() + " goes on";
        }
      });
      await(away.getLeft());
      task.cancel("enough");
      return await(task);
    });
    assertEquals("task goes on", result);
  }

  @Test
  void frameThatBlocksWhileItIsAwayIsWaitedForAndItsResultDropped() {
    run(() -> {
      Task<String> task = createTask(java("java", away.blocking()));
      await(away.getLeft());
      task.cancel("enough");
      await(sleep(SECOND));
      log.add("still away");
      away.getRelease().countDown();
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("still away", "kotlin enough", "kotlin is back", "java enough"), log);
  }

  @Test
  void cancellationReachesTheJavaTaskThatTheFrameAwaitsWhileItIsAway() {
    run(() -> {
      var never = new CompletableFuture<String>();
      Task<String> inner = createTask(java("inner", async(() -> await(never))));
      Task<String> task = createTask(java("outer", away.awaiting(inner)));
      await(away.getLeft());
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
      assertTrue(inner.cancelled() && never.isCancelled());
    });
    assertEquals(List.of("inner enough", "kotlin enough", "kotlin is back", "outer enough"), log);
  }

  @Test
  void timeLimitOfAJavaBlockBringsTheFrameBack() {
    run(() -> {
      assertThrows(
          TimeoutException.class, () -> timeout(SECOND, () -> await(java("java", away.waiting()))));
      await(sleep(SECOND));
    });
    assertEquals(List.of("kotlin null", "kotlin is back", "java null"), log);
  }

  /** Awaits {@code inner} and logs the cancellation. */
  private Coroutine<String> java(String name, Coroutine<String> inner) {
    return async(name, () -> {
      try {
        return await(inner);
      } catch (CancelledException e) {
        log.add(name + " " + e.getMessage());
        throw e;
      }
    });
  }
}
