package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.ContextVar;
import dev.tandem.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RunTest extends OnEachCarrier {
  @Test
  void returnsWhatTheBodyReturns() {
    int answer = Asyncio.run(() -> {
      var task = createTask(() -> {
        await(sleep(Duration.ZERO));
        return 42;
      });
      return await(task);
    });
    assertEquals(42, answer);
  }

  @Test
  void runsACoroutine() {
    assertEquals("hello", Asyncio.run(async(() -> "hello")));
  }

  @Test
  void throwsWhatTheBodyThrowsItself() {
    var failure = new IOException("checked");
    var thrown = assertThrows(
        IOException.class,
        () -> run(() -> {
          await(sleep(SECOND));
          throw failure;
        }));
    assertSame(failure, thrown);
  }

  @Test
  void bodyIsATask() {
    assertNotNull(run(Asyncio::currentTask));
  }

  @Test
  void contextOfTheCallingThreadIsSeenInTheTask() {
    var user = new ContextVar<>("user", "nobody");
    var token = user.set("ada");
    try {
      assertEquals("ada", run(user::get));
    } finally {
      user.reset(token);
    }
  }

  @Test
  void insideATaskIsRefused() {
    var refused =
        run(() -> assertThrows(IllegalStateException.class, () -> Asyncio.run(() -> "inner")));
    assertEquals(
        "run() inside a task, whose loop would stand still meanwhile. Await instead: await(async(() -> { ... })).",
        refused.getMessage());
  }

  @Test
  void tasksThatAreLeftAreCancelledAndWaitedFor() {
    var log = new ArrayList<String>();
    run(() -> {
      createTask(() -> {
        try {
          await(sleep(Duration.ofHours(1)));
        } catch (CancelledException e) {
          await(sleep(SECOND));
          log.add("cleaned up at " + KotlinFrames.time());
          throw e;
        }
      });
      await(sleep(SECOND));
      log.add("main ends");
    });
    assertEquals(List.of("main ends", "cleaned up at 2.0"), log);
  }

  @Test
  void taskBlockedForEverInVirtualTimeIsReportedInsteadOfHanging() {
    var thrown = assertThrows(
        IllegalStateException.class, () -> run(() -> await(Asyncio.runningLoop().createFuture())));
    assertTrue(thrown.getMessage().startsWith("Nothing can ever happen again"), thrown::getMessage);
  }

  @Test
  void interruptOfTheWaitingThreadCancelsTheMainTask() {
    var log = new ArrayList<String>();
    Thread waiting = Thread.currentThread();
    var thrown = assertThrows(
        CancelledException.class,
        () -> run(() -> {
          waiting.interrupt();
          try {
            await(neverDone());
          } catch (CancelledException e) {
            log.add("cleaned up in " + currentTask().getName().substring(0, 4));
            throw e;
          }
        }));
    assertEquals("The thread that waits for the run was interrupted.", thrown.getMessage());
    assertEquals(List.of("cleaned up in Task"), log);
    assertTrue(Thread.interrupted());
  }

  @Test
  void interruptIsOverWhenTheMainTaskDoesNotLetItselfBeCancelled() {
    Thread waiting = Thread.currentThread();
    String result = run(() -> {
      waiting.interrupt();
      try {
        await(neverDone());
      } catch (CancelledException e) {
        return "went on";
      }
      return "was not interrupted";
    });
    assertEquals("went on", result);
    assertTrue(Thread.interrupted());
  }

  @Test
  void runnerSharesLoopAndContextBetweenRuns() {
    var count = new ContextVar<>("count", 0);
    try (var runner = new Runner(new VirtualClock())) {
      runner.run(() -> count.set(count.get() + 1));
      runner.run(() -> await(sleep(SECOND)));
      assertEquals("1 at 1.0", runner.run(() -> count.get() + " at " + KotlinFrames.time()));
    }
  }

  @Test
  void closedRunnerRunsNothing() {
    var runner = new Runner(new VirtualClock());
    runner.close();
    runner.close();
    assertThrows(IllegalStateException.class, () -> runner.run(() -> "never"));
    assertTrue(runner.loop().isClosed());
  }

  @Test
  void threadsAreGoneAfterwards() {
    var threads = new ArrayList<Thread>();
    run(() -> {
      for (int i = 0; i < 300; i++) {
        createTask(() -> {
          threads.add(Thread.currentThread());
          await(sleep(SECOND));
        });
      }
      await(sleep(seconds(2)));
    });
    assertEquals(300, threads.size());
    assertFalse(threads.stream().anyMatch(Thread::isAlive));
  }

  /** A future that nobody completes, on a loop that waits for other threads. */
  private static CompletableFuture<Void> neverDone() {
    return new CompletableFuture<>();
  }
}
