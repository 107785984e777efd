package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A loop behind threads that know nothing of it: real threads and real time, as little of it as possible. */
class BackgroundLoopRealTimeTest extends OnEachCarrier {
  @Test
  void taskGivenFromAnOrdinaryThreadAnswersThroughACompletableFuture() {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> greeting = background.createTask(() -> {
        await(sleep(seconds(0.001)));
        return "hello";
      });
      assertEquals("hello!", greeting.thenApply(text -> text + "!").join());
    }
  }

  @Test
  void coroutineAndVoidBodyAreTakenToo() {
    try (var background = Asyncio.start()) {
      Coroutine<Integer> coroutine = async(() -> 42);
      assertEquals(42, background.createTask(coroutine).join());
      assertEquals(
          null, background.createTask(() -> assertTrue(currentTask() != null)).join());
    }
  }

  @Test
  void exceptionOfATaskIsTheCauseOfWhatJoinThrows() {
    try (var background = Asyncio.start()) {
      CompletableFuture<Object> failing = background.createTask(() -> {
        throw new IOException("broken");
      });
      var thrown = assertThrows(CompletionException.class, failing::join);
      assertEquals("java.io.IOException: broken", thrown.getCause().toString());
    }
  }

  @Test
  void cancellingTheFutureCancelsTheTask() {
    var cancelled = new CompletableFuture<String>();
    try (var background = Asyncio.start()) {
      var started = new CountDownLatch(1);
      var future = background.createTask(() -> reportCancellation(started, cancelled));
      blockUntil(started);
      future.cancel(true);
      assertEquals("cancelled", cancelled.join());
    }
  }

  @Test
  void orTimeoutStopsTheWorkAndIsTheOutcome() throws Exception {
    var stopped = new CompletableFuture<String>();
    try (var background = Asyncio.start()) {
      CompletableFuture<String> outcome = background.createTask(() -> {
        Task<String> task = Asyncio.createTask(() -> {
          try {
            return await(new CompletableFuture<String>());
          } finally {
            stopped.complete("stopped");
          }
        });
        task.orTimeout(1, TimeUnit.MILLISECONDS);
        return await(task);
      });
      var thrown = assertThrows(ExecutionException.class, outcome::get);
      assertEquals(TimeoutException.class, thrown.getCause().getClass());
      assertEquals("stopped", stopped.get());
    }
  }

  @Test
  void closeCancelsWhatIsLeftAndWaitsForIt() {
    var cancelled = new CompletableFuture<String>();
    var started = new CountDownLatch(1);
    CompletableFuture<Void> future;
    try (var background = Asyncio.start()) {
      future = background.createTask(() -> reportCancellation(started, cancelled));
      blockUntil(started);
    }
    assertTrue(cancelled.isDone());
    assertTrue(future.isCompletedExceptionally());
  }

  @Test
  void closeWithGraceLetsTasksEndByThemselves() {
    var gate = new CompletableFuture<String>();
    var started = new CountDownLatch(1);
    var background = Asyncio.start();
    CompletableFuture<String> result = background.createTask(() -> {
      started.countDown();
      String first = await(gate);
      return await(Asyncio.createTask(() -> first + " and its child"));
    });
    blockUntil(started);
    var closing = CompletableFuture.runAsync(() -> background.close(Duration.ofHours(1)));
    while (takesTasks(background)) {
      Thread.onSpinWait();
    }
    gate.complete("ended");
    closing.join();
    assertEquals("ended and its child", result.join());
  }

  @Test
  void closeCancelsWhatOutlastsTheGrace() {
    var cancelled = new CompletableFuture<String>();
    var started = new CountDownLatch(1);
    var background = Asyncio.start();
    var future = background.createTask(() -> reportCancellation(started, cancelled));
    blockUntil(started);
    background.close(Duration.ofMillis(1));
    assertTrue(cancelled.isDone());
    assertTrue(future.isCompletedExceptionally());
  }

  @Test
  void closedLoopTakesNoTasks() {
    var background = Asyncio.start();
    background.close();
    background.close();
    assertThrows(RejectedExecutionException.class, () -> background.createTask(() -> 1));
    assertTrue(background.loop().isClosed());
  }

  @Test
  void closeInATaskOfTheLoopIsRefused() {
    try (var background = Asyncio.start()) {
      var thrown = assertThrows(
          CompletionException.class,
          () -> background.createTask(() -> background.close(SECOND)).join());
      assertEquals(IllegalStateException.class, thrown.getCause().getClass());
    }
  }

  @Test
  void joinInATaskOfTheLoopIsRefused() {
    try (var background = Asyncio.start()) {
      var other = background.createTask(() -> await(new CompletableFuture<String>()));
      var thrown = assertThrows(
          CompletionException.class,
          () -> background.createTask(() -> other.join()).join());
      assertEquals(IllegalStateException.class, thrown.getCause().getClass());
    }
  }

  private static boolean takesTasks(BackgroundLoop background) {
    try {
      background.createTask(() -> {});
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static void reportCancellation(
      CountDownLatch started, CompletableFuture<String> cancelled) {
    started.countDown();
    try {
      await(new CompletableFuture<String>());
    } catch (CancelledException e) {
      cancelled.complete("cancelled");
      throw e;
    }
  }

  private static void blockUntil(CountDownLatch opened) {
    try {
      opened.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
