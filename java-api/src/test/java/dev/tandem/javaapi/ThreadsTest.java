package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runCoroutineThreadsafe;
import static dev.tandem.javaapi.Asyncio.runInExecutor;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.ContextVar;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Work for other threads, and work that other threads have for the loop. */
class ThreadsTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void toThreadRunsTheWorkBesideTheTasks() {
    run(() -> {
      var release = new CountDownLatch(1);
      var blocking = createTask(toThread(() -> {
        release.await();
        return Thread.currentThread().getName();
      }));
      await(createTask(release::countDown));
      assertTrue(await(blocking).startsWith("tandem-worker-"));
    });
  }

  @Test
  void toThreadSeesACopyOfTheContext() {
    var user = new ContextVar<String>("user", "nobody");
    run(() -> {
      user.set("ada");
      log.add(await(toThread(() -> {
        String seen = user.get();
        user.set("eve");
        return seen;
      })));
      log.add(user.get());
    });
    assertEquals(List.of("ada", "ada"), log);
  }

  @Test
  void toThreadThrowsWhatTheWorkThrows() {
    var failure = new IOException("no such file");
    run(() -> {
      var thrown = assertThrows(
          IOException.class,
          () -> await(
              toThread(() -> {
                throw failure;
              }),
              IOException.class));
      assertSame(failure, thrown);
    });
  }

  @Test
  void cancellingToThreadInterruptsTheThread() {
    run(() -> {
      var started = new CountDownLatch(1);
      var interrupted = runningLoop().<String>createFuture();
      var waiting = createTask(toThread(() -> {
        started.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          interrupted.complete("interrupted");
        }
      }));
      await(toThread(() -> started.await()));
      waiting.cancel();
      assertThrows(CancelledException.class, () -> await(waiting));
      assertEquals("interrupted", await(interrupted));
    });
  }

  @Test
  void workOfToThreadCannotAwait() {
    run(() -> {
      var thrown = assertThrows(
          IllegalStateException.class, () -> await(toThread(() -> await(sleep(SECOND)))));
      assertTrue(thrown.getMessage().contains("await"), thrown.getMessage());
    });
  }

  @Test
  void runInExecutorStartsAtOnceOnTheExecutorItIsGiven() {
    var executor = Executors.newSingleThreadExecutor(work -> new Thread(work, "mine"));
    run(() -> {
      var future = runInExecutor(executor, () -> Thread.currentThread().getName());
      assertEquals("mine", await(future));
      await(runInExecutor(executor, () -> {
        log.add("no result");
      }));
      executor.shutdown();
      assertThrows(RejectedExecutionException.class, () -> runInExecutor(executor, () -> 1));
    });
    assertEquals(List.of("no result"), log);
  }

  @Test
  void runInExecutorWithoutOneUsesTheLoopsPool() {
    run(() -> {
      String name = await(runInExecutor(null, () -> Thread.currentThread().getName()));
      assertTrue(name.startsWith("tandem-worker-"));
    });
  }

  @Test
  void poolThatWasShutDownTakesNoMoreWork() {
    run(() -> {
      assertEquals(1, await(toThread(() -> 1)));
      await(runningLoop().shutdownDefaultExecutor(Duration.ofMinutes(1)));
      assertThrows(RejectedExecutionException.class, () -> await(toThread(() -> 2)));
    });
  }

  @Test
  void runCoroutineThreadsafeBlocksTheOtherThreadOnly() {
    run(() -> {
      var loop = runningLoop();
      var other = createTask("other", sleep(seconds(0)));
      String result = await(toThread(() -> runCoroutineThreadsafe(
              async(() -> {
                await(other);
                return "in " + currentTask().getClass().getSimpleName();
              }),
              loop)
          .join()));
      assertEquals("in Task", result);
    });
  }

  @Test
  void cancellingTheFutureOfAnotherThreadCancelsTheTask() {
    run(() -> {
      var loop = runningLoop();
      var started = loop.<Void>createFuture();
      var ended = loop.<String>createFuture();
      await(toThread(() -> {
        var future = runCoroutineThreadsafe(
            async(() -> {
              started.complete(null);
              try {
                await(sleep(Duration.ofHours(1)));
              } finally {
                ended.complete("stopped");
              }
            }),
            loop);
        started.join();
        assertTrue(future.cancel(true));
        assertThrows(java.util.concurrent.CancellationException.class, future::join);
      }));
      assertEquals("stopped", await(ended));
      assertEquals(0.0, KotlinFrames.time());
    });
  }

  @Test
  void failureReachesTheOtherThreadAsTheCause() {
    var failure = new IOException("broken");
    run(() -> {
      var loop = runningLoop();
      var thrown = await(toThread(() -> assertThrows(
          CompletionException.class,
          () -> runCoroutineThreadsafe(
                  async(() -> {
                    throw failure;
                  }),
                  loop)
              .join())));
      assertSame(failure, thrown.getCause());
    });
  }

  @Test
  void blockingOnItInATaskOfTheLoopIsAnError() {
    run(() -> {
      var future = runCoroutineThreadsafe(sleep(SECOND), runningLoop());
      var thrown = assertThrows(IllegalStateException.class, future::join);
      assertTrue(thrown.getMessage().contains("Await it instead"), thrown.getMessage());
      assertFalse(future.isDone());
      await(future);
    });
  }
}
