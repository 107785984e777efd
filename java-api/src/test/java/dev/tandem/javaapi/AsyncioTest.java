package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.timeout;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
  void gatherGivesTheResultsInTheOrderGiven() {
    List<String> results =
        run(() -> await(gather(after(3, "a"), after(1, "b"), createTask(after(2, "c")))));
    assertEquals(List.of("a", "b", "c"), results);
  }

  @Test
  void gatherOfACollectionMixesTypesOfAwaitables() {
    List<Number> results = run(() -> {
      Coroutine<Integer> one = async(() -> 1);
      Coroutine<Double> half = async(() -> 0.5);
      return await(gather(List.of(one, half)));
    });
    assertEquals(List.of(1, 0.5), results);
  }

  @Test
  void gatherThrowsTheFirstExceptionAndLetsTheOthersRun() {
    run(() -> {
      var slow = createTask(after(3, "slow"));
      var failing = failAfter(1, new IOException("first"));
      var thrown = assertThrows(IOException.class, () -> await(gather(slow, failing)));
      assertEquals("first", thrown.getMessage());
      assertEquals("slow", await(slow));
    });
  }

  @Test
  void gatherReturningExceptionsHasThemAmongTheResults() {
    var failure = new IOException("one of them");
    List<Object> outcomes =
        run(() -> await(gather(List.of(after(1, "fine"), failAfter(2, failure)), true)));
    assertEquals(List.of("fine", failure), outcomes);
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
  void timeoutRunsItsBodyInTheSameTask() {
    run(() -> {
      var task = Asyncio.currentTask();
      String result = timeout(seconds(2), () -> {
        await(sleep(SECOND));
        assertSame(task, Asyncio.currentTask());
        return "in time";
      });
      assertEquals("in time", result);
    });
  }

  @Test
  void timeoutCancelsItsBodyWhereItStands() {
    var log = new ArrayList<String>();
    run(() -> {
      assertThrows(
          TimeoutException.class,
          () -> timeout(SECOND, () -> {
            try {
              await(sleep(seconds(5)));
            } finally {
              log.add("left at " + KotlinFrames.time());
            }
          }));
      await(sleep(SECOND));
      log.add("went on");
    });
    assertEquals(List.of("left at 1.0", "went on"), log);
  }

  @Test
  void timeoutLetsACheckedExceptionOfItsBodyThrough() {
    var failure = new IOException("checked");
    Callable<String> failing = () -> {
      await(sleep(SECOND));
      throw failure;
    };
    assertSame(
        failure, assertThrows(IOException.class, () -> run(() -> timeout(seconds(5), failing))));
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

  private static Coroutine<String> failAfter(double seconds, Exception failure) {
    return async(() -> {
      await(sleep(seconds(seconds)));
      throw failure;
    });
  }
}
