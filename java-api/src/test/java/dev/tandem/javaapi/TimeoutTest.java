package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.timeout;
import static dev.tandem.javaapi.Asyncio.timeoutAt;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class TimeoutTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void bodyRunsInTheSameTask() {
    run(() -> {
      var task = currentTask();
      String result = timeout(seconds(2), () -> {
        await(sleep(SECOND));
        assertSame(task, currentTask());
        return "in time";
      });
      assertEquals("in time", result);
    });
  }

  @Test
  void bodyIsCancelledWhereItStands() {
    run(() -> {
      assertThrows(TimeoutException.class, () -> timeout(SECOND, this::sleepForALongTime));
      await(sleep(SECOND));
      log.add("went on");
    });
    assertEquals(List.of("left at 1.0", "went on"), log);
  }

  @Test
  void checkedExceptionOfTheBodyComesThrough() {
    var failure = new IOException("checked");
    Callable<String> failing = () -> {
      await(sleep(SECOND));
      throw failure;
    };
    assertSame(
        failure, assertThrows(IOException.class, () -> run(() -> timeout(seconds(5), failing))));
  }

  @Test
  void absoluteTimeIsTheLoops() {
    run(() -> {
      await(sleep(seconds(3)));
      var until = runningLoop().time().plus(SECOND);
      assertThrows(TimeoutException.class, () -> timeoutAt(until, this::sleepForALongTime));
    });
    assertEquals(List.of("left at 4.0"), log);
  }

  @Test
  void absoluteTimeThatHasPassedRunsOutInTheNextPass() {
    run(() -> {
      await(sleep(seconds(3)));
      assertThrows(TimeoutException.class, () -> timeoutAt(SECOND, this::sleepForALongTime));
      assertEquals("no limit", timeoutAt(null, () -> "no limit"));
    });
    assertEquals(List.of("left at 3.0"), log);
  }

  @Test
  void bodyCanMoveTheLimit() {
    run(() -> {
      var limit = timeout(SECOND);
      assertThrows(
          TimeoutException.class,
          () -> limit.run(() -> {
            limit.reschedule(runningLoop().time().plusSeconds(7));
            log.add("until " + limit.when().toSeconds());
            sleepForALongTime();
          }));
    });
    assertEquals(List.of("until 7", "left at 7.0"), log);
  }

  @Test
  void bodyCanRemoveTheLimit() {
    run(() -> {
      var limit = timeout(SECOND);
      String result = limit.run(() -> {
        limit.reschedule(null);
        assertNull(limit.when());
        await(sleep(seconds(100)));
        return "slept";
      });
      assertEquals("slept", result);
      assertFalse(limit.expired());
    });
  }

  @Test
  void cancellationThatTheBodyCatchesIsNoTimeoutButTheLimitTells() {
    run(() -> {
      var limit = timeout(SECOND);
      String result = limit.run(() -> {
        try {
          await(sleep(seconds(10)));
          return "slept";
        } catch (CancelledException e) {
          return "caught";
        }
      });
      assertEquals("caught", result);
      assertTrue(limit.expired());
    });
  }

  @Test
  void cancellationFromElsewherePassesThrough() {
    run(() -> {
      var task = createTask(() -> timeout(seconds(5), this::sleepForALongTime));
      await(sleep(SECOND));
      task.cancel("stop");
      var thrown = assertThrows(CancelledException.class, () -> await(task));
      assertEquals("stop", thrown.getMessage());
    });
    assertEquals(List.of("left at 1.0"), log);
  }

  @Test
  void innerLimitDoesNotHideTheOuterOne() {
    run(() -> {
      var outer = timeout(SECOND);
      var inner = timeout(seconds(5));
      assertThrows(
          TimeoutException.class, () -> outer.run(() -> inner.run(this::sleepForALongTime)));
      assertEquals(List.of(true, false), List.of(outer.expired(), inner.expired()));
    });
    assertEquals(List.of("left at 1.0"), log);
  }

  @Test
  void timeCountsFromTheCallThatMakesTheLimit() {
    run(() -> {
      var limit = timeout(seconds(3));
      await(sleep(seconds(2)));
      assertEquals(Duration.ofSeconds(3), limit.when());
      assertThrows(TimeoutException.class, () -> limit.run(this::sleepForALongTime));
    });
    assertEquals(List.of("left at 3.0"), log);
  }

  @Test
  void limitIsUsedOnce() {
    run(() -> {
      var limit = timeout(SECOND);
      limit.run(() -> {});
      var thrown = assertThrows(IllegalStateException.class, () -> limit.run(() -> {}));
      assertEquals(
          "Timeout(finished, when=1s) was used before. It limits one block: make a new one for each.",
          thrown.getMessage());
    });
  }

  @Test
  void limitCannotBeMovedBeforeOrAfterItsBlock() {
    run(() -> {
      var limit = timeout(SECOND);
      log.add(assertThrows(IllegalStateException.class, () -> limit.reschedule(SECOND))
          .getMessage());
      limit.run(() -> {});
      log.add(assertThrows(IllegalStateException.class, () -> limit.reschedule(SECOND))
          .getMessage());
    });
    assertEquals(
        List.of(
            "reschedule() came too early: call it in the block that this limits.",
            "reschedule() came too late: the time limit has ended."),
        log);
  }

  @Test
  void outsideOfALoopThereIsNoTime() {
    assertThrows(IllegalStateException.class, () -> timeout(SECOND, () -> "never"));
  }

  @Test
  void limitOfAKotlinBlockCanBeMovedInJava() {
    run(() -> await(KotlinFrames.withLimit(SECOND, kotlin -> {
      var limit = new Timeout(kotlin);
      limit.reschedule(runningLoop().time().plusSeconds(9));
      assertSame(kotlin, limit.asKotlin());
      await(sleep(seconds(8)));
      log.add("slept until " + KotlinFrames.time());
    })));
    assertEquals(List.of("slept until 8.0"), log);
  }

  private void sleepForALongTime() {
    try {
      await(sleep(Duration.ofHours(1)));
    } finally {
      log.add("left at " + KotlinFrames.time());
    }
  }
}
