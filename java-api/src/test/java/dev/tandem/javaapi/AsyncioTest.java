package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.ensureFuture;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static dev.tandem.javaapi.Asyncio.wrapFuture;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Context;
import dev.tandem.ContextVar;
import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Each function of {@link Asyncio}, as Java code uses it. */
class AsyncioTest extends OnEachCarrier {
  @Test
  void asyncRunsNothingBeforeItIsAwaited() {
    var log = new ArrayList<String>();
    run(() -> {
      var coroutine = async("greeting", () -> log.add("coroutine"));
      assertEquals("Coroutine(greeting)", coroutine.toString());
      log.add("main");
      await(coroutine);
    });
    assertEquals(List.of("main", "coroutine"), log);
  }

  @Test
  void createTaskRunsBesideItsCreator() {
    double ended = run(() -> {
      var one = createTask("one", () -> await(sleep(SECOND)));
      var two = createTask("two", sleep(seconds(2)));
      assertEquals(
          List.of("one", "two"), allTasks().stream().skip(1).map(Task::getName).toList());
      await(one);
      await(two);
      return KotlinFrames.time();
    });
    assertEquals(2.0, ended);
  }

  @Test
  void createTaskStartsEagerlyIfAskedTo() {
    var log = new ArrayList<String>();
    run(() -> {
      Coroutine<String> work = async(() -> {
        log.add("first step of " + Asyncio.currentTask().getName());
        await(sleep(SECOND));
        return "second step";
      });
      var task = createTask("eager", null, true, work);
      log.add("creator");
      log.add(await(task));
    });
    assertEquals(List.of("first step of eager", "creator", "second step"), log);
  }

  @Test
  void createTaskRunsInTheContextItIsGiven() {
    var user = new ContextVar<String>("user", "nobody");
    run(() -> {
      user.set("ada");
      var context = new Context();
      await(createTask(null, context, null, async(() -> {
        assertEquals("nobody", user.get());
        user.set("eve");
      })));
      assertEquals(List.of("ada", "eve"), List.of(user.get(), context.get(user)));
    });
  }

  @Test
  void ensureFutureMakesATaskOfACoroutineAndLeavesAFutureAlone() {
    run(() -> {
      Future<String> task = ensureFuture(after(1, "done"));
      assertSame(task, ensureFuture(task));
      assertEquals("done", await(task));
    });
  }

  @Test
  void wrapFutureMakesAFutureOfTheLoop() {
    run(() -> {
      var foreign = new CompletableFuture<String>();
      Future<String> future = wrapFuture(foreign);
      await(toThread(() -> foreign.complete("elsewhere")));
      assertEquals("elsewhere", await(future));
      assertSame(future, wrapFuture(future));
    });
  }

  @Test
  void cancellingAWrappedFutureCancelsTheStage() {
    run(() -> {
      var foreign = new CompletableFuture<String>();
      wrapFuture(foreign).cancel();
      await(sleep(seconds(0)));
      assertTrue(foreign.isCancelled());
    });
  }

  @Test
  void waitForGivesTheResultInTime() {
    assertEquals("in time", run(() -> await(waitFor(after(1, "in time"), seconds(2)))));
  }

  @Test
  void waitForCancelsWhatIsLateAndThrowsATimeout() {
    run(() -> {
      var late = createTask(after(5, "late"));
      assertThrows(TimeoutException.class, () -> await(waitFor(late, seconds(2))));
      assertTrue(late.cancelled());
      assertEquals(2.0, KotlinFrames.time());
    });
  }

  @Test
  void waitForWithoutALimitWaits() {
    assertEquals("at last", run(() -> await(waitFor(after(1000, "at last"), null))));
  }

  @Test
  void shieldKeepsTheWorkFromACancellationOfTheWait() {
    run(() -> {
      var work = createTask(after(5, "saved"));
      var waiter = createTask(() -> await(shield(work)));
      await(sleep(SECOND));
      waiter.cancel();
      assertThrows(CancelledException.class, () -> await(waiter));
      assertFalse(work.done());
      assertEquals("saved", await(work));
    });
  }

  @Test
  void currentTaskKnowsItsName() {
    assertEquals(
        "named", run(() -> await(createTask("named", () -> Asyncio.currentTask().getName()))));
  }

  @Test
  void bodyWithoutAResultGivesNull() {
    assertNull(run(() -> await(createTask(() -> {}))));
  }

  private static Coroutine<String> after(double seconds, String result) {
    return async(() -> {
      await(sleep(seconds(seconds)));
      return result;
    });
  }
}
