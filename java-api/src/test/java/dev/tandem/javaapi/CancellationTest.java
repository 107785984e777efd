package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CancellationTest extends OnEachCarrier {
  @Test
  void isThrownAtTheAwaitWhereTheTaskStands() {
    var log = new ArrayList<String>();
    run(() -> {
      var task = createTask(() -> {
        await(sleep(SECOND));
        try {
          await(sleep(seconds(10)));
          log.add("not reached");
        } catch (CancelledException e) {
          log.add(e.getMessage() + " at " + KotlinFrames.time());
          throw e;
        }
      });
      await(sleep(seconds(3)));
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
      assertTrue(task.cancelled());
    });
    assertEquals(List.of("enough at 3.0"), log);
  }

  @Test
  void beforeTheFirstStepNeverRunsTheBody() {
    var log = new ArrayList<String>();
    run(() -> {
      var task = createTask(() -> log.add("ran"));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of(), log);
  }

  @Test
  void caughtAndSwallowedLetsTheTaskGoOn() {
    String result = run(() -> {
      var task = createTask(() -> {
        int caught = 0;
        for (int i = 0; i < 2; i++) {
          try {
            await(sleep(seconds(10)));
          } catch (CancelledException e) {
            caught++;
          }
        }
        await(sleep(SECOND));
        return "swallowed " + caught + ", asked " + currentTask().cancelling();
      });
      await(sleep(SECOND));
      task.cancel();
      await(sleep(SECOND));
      task.cancel();
      return await(task) + ", at " + KotlinFrames.time();
    });
    assertEquals("swallowed 2, asked 2, at 3.0", result);
  }

  @Test
  void reachesThroughTheTasksThatAreAwaited() {
    var log = new ArrayList<String>();
    run(() -> {
      var inner = createTask(() -> {
        try {
          await(sleep(seconds(10)));
        } finally {
          log.add("inner");
        }
      });
      var outer = createTask(() -> {
        try {
          await(inner);
        } finally {
          log.add("outer");
        }
      });
      await(sleep(SECOND));
      outer.cancel();
      assertThrows(CancelledException.class, () -> await(outer));
      assertTrue(inner.cancelled());
    });
    assertEquals(List.of("inner", "outer"), log);
  }

  @Test
  void reachesTheFutureOfAnotherLibrary() {
    var foreign = new CompletableFuture<String>();
    run(() -> {
      var task = createTask(() -> await(foreign));
      await(sleep(SECOND));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      await(sleep(SECOND));
    });
    assertTrue(foreign.isCancelled());
  }

  @Test
  void finallyBlockMayAwait() {
    double ended = run(() -> {
      var task = createTask(() -> {
        try {
          await(sleep(seconds(10)));
        } finally {
          await(sleep(seconds(2)));
        }
      });
      await(sleep(SECOND));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      return KotlinFrames.time();
    });
    assertEquals(3.0, ended);
  }

  @Test
  void fromAnotherThreadIsHandedToTheLoop() {
    run(() -> {
      var task = createTask(() -> await(new CompletableFuture<String>()));
      await(sleep(SECOND));
      await(CompletableFuture.runAsync(() -> task.cancel(true)));
      assertThrows(CancelledException.class, () -> await(task));
    });
  }

  @Test
  void completingATaskExceptionallyStopsItsWork() {
    var log = new ArrayList<String>();
    run(() -> {
      var failure = new TimeoutException("from outside");
      var task = createTask(() -> {
        try {
          await(sleep(seconds(10)));
        } finally {
          log.add("stopped at " + KotlinFrames.time());
        }
      });
      await(sleep(SECOND));
      task.completeExceptionally(failure);
      assertSame(failure, assertThrows(TimeoutException.class, () -> await(task)));
    });
    assertEquals(List.of("stopped at 1.0"), log);
  }

  @Test
  void ofATaskThatAwaitsACoroutineOfACoroutineComesFromTheInnermost() {
    var log = new ArrayList<String>();
    run(() -> {
      var task = createTask(() -> logged(
          "1", log, () -> logged("2", log, () -> logged("3", log, () -> await(sleep(SECOND))))));
      await(sleep(seconds(0.5)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("3", "2", "1"), log);
  }

  private static void logged(String name, List<String> log, VoidCallable body) {
    await(async(() -> {
      try {
        body.call();
      } finally {
        log.add(name);
      }
    }));
  }
}
