package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.asCompleted;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class AsCompletedTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void coroutinesGiveTheResultsAsTheyAreDone() {
    run(() -> {
      for (Coroutine<String> next : asCompleted(List.of(after(3), after(1), after(2)))) {
        log.add(await(next) + " at " + KotlinFrames.time());
      }
    });
    assertEquals(List.of("1 at 1.0", "2 at 2.0", "3 at 3.0"), log);
  }

  @Test
  void futuresAreTheVeryTasksThatWereGiven() {
    run(() -> {
      var slow = createTask("slow", after(2));
      var quick = createTask("quick", after(1));
      var given = new ArrayList<Future<String>>();
      for (Future<String> done : asCompleted(List.of(slow, quick)).futures()) {
        given.add(done);
        log.add(done.result());
      }
      assertEquals(List.of(quick, slow), given);
    });
    assertEquals(List.of("1", "2"), log);
  }

  @Test
  void otherTasksRunWhileTheLoopOverFuturesWaits() {
    run(() -> {
      var other = createTask(() -> log.add("other"));
      for (Future<String> done : asCompleted(List.of(after(1))).futures()) {
        log.add(done.result());
      }
      assertEquals(true, other.done());
    });
    assertEquals(List.of("other", "1"), log);
  }

  @Test
  void failureIsThrownByItsOwnCoroutineOnly() {
    run(() -> {
      Coroutine<String> failing = async(() -> {
        throw new IllegalStateException("broken");
      });
      for (Coroutine<String> next : asCompleted(List.of(after(1), failing))) {
        try {
          log.add(await(next));
        } catch (IllegalStateException e) {
          log.add(e.getMessage());
        }
      }
    });
    assertEquals(List.of("broken", "1"), log);
  }

  @Test
  void coroutinesTimeOutAndNothingIsCancelled() {
    run(() -> {
      var late = createTask(after(5));
      for (Coroutine<String> next : asCompleted(List.of(after(1), late), seconds(2))) {
        try {
          log.add(await(next));
        } catch (TimeoutException e) {
          log.add("timeout at " + KotlinFrames.time());
        }
      }
      assertFalse(late.done());
    });
    assertEquals(List.of("1", "timeout at 2.0"), log);
  }

  @Test
  void loopOverFuturesTimesOut() {
    run(() -> {
      var tasks = List.of(createTask(after(1)), createTask(after(5)));
      assertThrows(TimeoutException.class, () -> {
        for (Future<String> done : asCompleted(tasks, seconds(2)).futures()) {
          log.add(done.result());
        }
      });
    });
    assertEquals(List.of("1"), log);
  }

  @Test
  void secondLoopGoesOnWhereTheFirstOneStopped() {
    run(() -> {
      var left = asCompleted(List.of(after(1), after(3))).futures();
      for (Future<String> done : left) {
        log.add(done.result());
        break;
      }
      for (Future<String> done : left) {
        log.add(done.result());
      }
    });
    assertEquals(List.of("1", "3"), log);
  }

  @Test
  void nextWaitsByItselfAndFailsAtTheEnd() {
    run(() -> {
      var futures = asCompleted(List.of(after(1))).futures().iterator();
      assertEquals("1", futures.next().result());
      assertThrows(NoSuchElementException.class, futures::next);
    });
  }

  @Test
  void commonTypeOfDifferentResults() {
    run(() -> {
      Task<Integer> one = createTask(() -> 1);
      Task<Double> half = createTask(() -> 0.5);
      double sum = 0;
      for (Coroutine<Number> next : Asyncio.<Number>asCompleted(List.of(one, half))) {
        sum += await(next).doubleValue();
      }
      assertEquals(1.5, sum);
    });
  }

  private static Coroutine<String> after(int seconds) {
    return async(() -> {
      await(sleep(seconds(seconds)));
      return "" + seconds;
    });
  }
}
