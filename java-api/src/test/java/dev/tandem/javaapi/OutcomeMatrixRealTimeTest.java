package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runInExecutor;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Future;
import dev.tandem.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The part of {@link OutcomeMatrixTest} that other threads and the JDK's own timer take part in.
 *
 * <p>For {@code orTimeout} the loop has a virtual clock, which stands still while a thread waits for the real one; so
 * the work is in its first second when time runs out, however long that takes.
 */
class OutcomeMatrixRealTimeTest extends OnEachCarrier {
  private static final List<String> STOPPED_AT_ONCE = List.of("cancelled", "ended at 0.0");

  private final Work work = Work.succeeding();
  private final IOException failure = new IOException("broken");

  /** Of work that blocks a thread: opens when it has started. */
  private final CountDownLatch started = new CountDownLatch(1);

  /** What became of that work. */
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  // ---- orTimeout, completeOnTimeout
  // --------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource
  void orTimeout(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(Duration.ZERO));
      CompletableFuture<String> side = subject.future() != null ? subject.future() : awaiting;
      side.orTimeout(1, TimeUnit.MILLISECONDS);
      var joined = await(toThread(() -> assertThrows(CompletionException.class, side::join)));
      var thrown = assertThrows(TimeoutException.class, () -> await(awaiting));
      assertSame(joined.getCause(), thrown);
      assertTrue(work.hasEnded() || awaited.isProvided());
      await(sleep(seconds(10)));
    });
    assertEquals(STOPPED_AT_ONCE, work.log);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"FUTURE", "FUTURE_OF_GATHER", "FOREIGN_FUTURE", "WRAPPED_FUTURE"})
  void completeOnTimeout(Awaited awaited) {
    run(() -> {
      var subject = awaited.of(work);
      Task<String> awaiting = createTask(subject.code());
      await(sleep(Duration.ZERO));
      subject.future().completeOnTimeout("instead", 1, TimeUnit.MILLISECONDS);
      await(toThread(() -> subject.future().join()));
      assertEquals("instead", await(awaiting));
      await(sleep(seconds(10)));
    });
    assertEquals(STOPPED_AT_ONCE, work.log);
  }

  @Test
  void completeOnTimeoutIsRefusedByATask() {
    run(() -> {
      Task<String> task = createTask(work::run);
      var thrown = assertThrows(
          UnsupportedOperationException.class,
          () -> task.completeOnTimeout("instead", 1, TimeUnit.MILLISECONDS));
      assertTrue(thrown.getMessage().contains("what its body returns or throws"));
      task.cancel();
    });
  }

  // ---- work that blocks a thread of the loop's pool: its end is an interrupt
  // ---------------------------------------

  @Test
  void workOfAnExecutorIsInterruptedWhenTheAwaitingTaskIsCancelled() {
    Asyncio.run(() -> {
      Task<String> awaiting = createTask(() -> await(runInExecutor(null, this::block)));
      await(toThread(() -> started.await()));
      awaiting.cancel();
      assertThrows(CancelledException.class, () -> await(awaiting));
      assertEquals("interrupted", await(ended));
    });
  }

  @Test
  void workOfAnExecutorIsInterruptedWhenTimeRunsOut() {
    Asyncio.run(() -> {
      Future<String> blocking = runInExecutor(null, this::block);
      await(toThread(() -> started.await()));
      assertThrows(
          dev.tandem.TimeoutException.class, () -> await(waitFor(blocking, Duration.ofMillis(1))));
      assertEquals("interrupted", await(ended));
    });
  }

  @Test
  void workOfToThreadIsInterruptedWhenTimeRunsOut() {
    Asyncio.run(() -> {
      Task<String> blocking = createTask(toThread(this::block));
      await(toThread(() -> started.await()));
      assertThrows(
          dev.tandem.TimeoutException.class, () -> await(waitFor(blocking, Duration.ofMillis(1))));
      assertEquals("interrupted", await(ended));
    });
  }

  @Test
  void workOfAnExecutorIsInterruptedWhenItsFutureIsCancelled() {
    Asyncio.run(() -> {
      Future<String> blocking = runInExecutor(null, this::block);
      await(toThread(() -> started.await()));
      blocking.cancel(true);
      assertThrows(CancelledException.class, () -> await(blocking));
      assertEquals("interrupted", await(ended));
    });
  }

  @Test
  void workOfAnExecutorIsInterruptedByOrTimeout() {
    Asyncio.run(() -> {
      Future<String> blocking = runInExecutor(null, this::block);
      await(toThread(() -> started.await()));
      blocking.orTimeout(1, TimeUnit.MILLISECONDS);
      assertThrows(TimeoutException.class, () -> await(blocking));
      assertEquals("interrupted", await(ended));
    });
  }

  @Test
  void workOfAnExecutorIsInterruptedWhenItsFutureIsCompletedExceptionally() {
    Asyncio.run(() -> {
      Future<String> blocking = runInExecutor(null, this::block);
      await(toThread(() -> started.await()));
      blocking.completeExceptionally(failure);
      assertSame(failure, assertThrows(IOException.class, () -> await(blocking)));
      assertEquals("interrupted", await(ended));
    });
  }

  // ---- a task of a loop in the background, seen from an ordinary thread
  // --------------------------------------------

  @Test
  void taskInTheBackgroundIsStoppedByCancel() throws Exception {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> future = background.createTask(this::awaitForEver);
      started.await();
      future.cancel(true);
      assertThrows(CancellationException.class, future::join);
      assertEquals("cancelled", ended.join());
    }
  }

  @Test
  void taskInTheBackgroundIsStoppedByOrTimeout() throws Exception {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> future = background.createTask(this::awaitForEver);
      started.await();
      future.orTimeout(1, TimeUnit.MILLISECONDS);
      var thrown = assertThrows(CompletionException.class, future::join);
      assertEquals(TimeoutException.class, thrown.getCause().getClass());
      assertEquals("cancelled", ended.join());
    }
  }

  @Test
  void taskInTheBackgroundIsStoppedByCompleteExceptionally() throws Exception {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> future = background.createTask(this::awaitForEver);
      started.await();
      future.completeExceptionally(failure);
      assertSame(failure, assertThrows(CompletionException.class, future::join).getCause());
      assertEquals("cancelled", ended.join());
    }
  }

  @Test
  void taskInTheBackgroundIsStoppedByCompleteOnTimeout() throws Exception {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> future = background.createTask(this::awaitForEver);
      started.await();
      future.completeOnTimeout("instead", 1, TimeUnit.MILLISECONDS);
      assertEquals("instead", future.join());
      assertEquals("cancelled", ended.join());
    }
  }

  @Test
  void taskInTheBackgroundIsStoppedByItsOwnTimeLimit() {
    try (var background = Asyncio.start()) {
      CompletableFuture<String> future =
          background.createTask(waitFor(Asyncio.async(this::awaitForEver), Duration.ofMillis(1)));
      var thrown = assertThrows(CompletionException.class, future::join);
      assertEquals(dev.tandem.TimeoutException.class, thrown.getCause().getClass());
      assertEquals("cancelled", ended.getNow("goes on"));
    }
  }

  private String block() {
    started.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      ended.complete("interrupted");
    }
    return "too late";
  }

  private String awaitForEver() {
    started.countDown();
    try {
      return await(new CompletableFuture<String>());
    } catch (CancelledException e) {
      ended.complete("cancelled");
      throw e;
    }
  }
}
