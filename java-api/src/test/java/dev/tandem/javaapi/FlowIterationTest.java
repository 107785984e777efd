package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.timeout;
import static dev.tandem.javaapi.Suspending.iterate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.CancelledException;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** A Kotlin flow in a for-each loop of a Java task. */
class FlowIterationTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void givesEachValueAsSoonAsItIsThere() {
    run(() -> {
      for (int value : iterate(Flows.ticking(2, log))) {
        log.add("got " + value + " at " + KotlinFrames.time());
      }
    });
    assertEquals(
        List.of("begins in Task", "emits 1", "got 1 at 1.0", "emits 2", "got 2 at 2.0", "ends"),
        withoutNumbersOfTasks());
  }

  @Test
  void runsTheFlowInTheTaskThatIterates() {
    run(() -> {
      await(createTask("reader", () -> {
        for (int value : iterate(Flows.ticking(1, log))) {
          log.add("got " + value);
        }
      }));
    });
    assertEquals("begins in reader", log.get(0));
  }

  @Test
  void runsTheFlowOnlyWhileTheTaskWaitsForAValue() {
    run(() -> {
      for (int value : iterate(Flows.ticking(2, log))) {
        await(sleep(seconds(10)));
        log.add("got " + value + " at " + KotlinFrames.time());
      }
    });
    assertEquals(
        List.of("emits 1", "got 1 at 11.0", "emits 2", "got 2 at 22.0", "ends"), log.subList(1, 6));
  }

  @Test
  void ofNoValuesEndsAtOnce() {
    run(() -> {
      for (String value : iterate(Flows.of())) {
        log.add(value);
      }
    });
    assertEquals(List.of(), log);
  }

  @Test
  void keepsNullsAsValues() {
    run(() -> {
      for (String value : iterate(Flows.of("a", null, "b"))) {
        log.add(value);
      }
    });
    assertEquals(3, log.size());
  }

  @Test
  void ofManyValuesNeedsNoStack() {
    long sum = run(() -> {
      long total = 0;
      for (int value : iterate(Flows.counting(200_000))) {
        total += value;
      }
      return total;
    });
    assertEquals(200_000L * 200_001 / 2, sum);
  }

  @Test
  void throwsWhatTheFlowThrowsItself() {
    var failure = new IOException("broken");
    run(() -> {
      var thrown = assertThrows(IOException.class, () -> {
        for (int value : iterate(Flows.failing(failure))) {
          log.add("got " + value);
        }
      });
      assertSame(failure, thrown);
    });
    assertEquals(List.of("got 1"), log);
  }

  @Test
  void cancelledWhileItWaitsCancelsTheFlow() {
    run(() -> {
      var task = createTask(() -> {
        for (int value : iterate(Flows.ticking(9, log))) {
          log.add("got " + value);
        }
      });
      await(sleep(seconds(1.5)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      log.add("cancelled at " + KotlinFrames.time());
    });
    assertEquals(List.of("emits 1", "got 1", "ends", "cancelled at 1.5"), log.subList(1, 5));
  }

  @Test
  void cancelledInTheBodyOfTheLoopCancelsTheFlowAsItIsClosed() {
    run(() -> {
      var task = createTask(() -> {
        try (var numbers = iterate(Flows.endingSlowly(log))) {
          for (int value : numbers) {
            await(sleep(seconds(10)));
            log.add("not reached " + value);
          }
        }
      });
      await(sleep(seconds(1)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      log.add("cancelled at " + KotlinFrames.time());
    });
    assertEquals(List.of("ending", "ended", "cancelled at 3.0"), log);
  }

  @Test
  void timedOutWhileItWaitsCancelsTheFlow() {
    run(() -> {
      assertThrows(
          TimeoutException.class,
          () -> timeout(seconds(1.5), () -> {
            for (int value : iterate(Flows.ticking(9, log))) {
              log.add("got " + value);
            }
          }));
      log.add("timed out at " + KotlinFrames.time());
    });
    assertEquals(List.of("emits 1", "got 1", "ends", "timed out at 1.5"), log.subList(1, 5));
  }

  @Test
  void insideAKotlinxScopeIsCancelledWithIt() {
    run(() -> {
      var task = createTask(KotlinFrames.inScope(async(() -> {
        for (int value : iterate(Flows.ticking(9, log))) {
          log.add("got " + value);
        }
      })));
      await(sleep(seconds(1.5)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("emits 1", "got 1", "ends"), log.subList(1, 4));
  }

  @Test
  void mayIterateOverAnotherFlowInItsBody() {
    run(() -> {
      for (int outer : iterate(Flows.ticking(2, new ArrayList<>()))) {
        for (int inner : iterate(Flows.buffered(new ArrayList<>()))) {
          log.add(outer + "." + inner + " at " + KotlinFrames.time());
          if (inner == 2) {
            break;
          }
        }
      }
    });
    assertEquals(List.of("1.1 at 2.0", "1.2 at 3.0", "2.1 at 5.0", "2.2 at 6.0"), log);
  }

  @Test
  void ofABufferedFlowGetsItsValuesAndIsCancelledWithItsProducer() {
    run(() -> {
      try (var numbers = iterate(Flows.buffered(log))) {
        for (int value : numbers) {
          log.add(value + " at " + KotlinFrames.time());
          if (value == 2) {
            break;
          }
        }
      }
      log.add("closed");
    });
    assertEquals(
        List.of(
            "1 at 1.0", "2 at 2.0", "producer ends", "completed with CancelledException", "closed"),
        log);
  }

  @Test
  void ofABufferedFlowIsCancelledWhileItWaits() {
    run(() -> {
      var task = createTask(() -> {
        for (int value : iterate(Flows.buffered(log))) {
          log.add(value + " at " + KotlinFrames.time());
        }
      });
      await(sleep(seconds(1.5)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      log.add("cancelled at " + KotlinFrames.time());
    });
    assertEquals(
        List.of(
            "1 at 1.0", "producer ends", "completed with CancelledException", "cancelled at 1.5"),
        log);
  }

  @Test
  void ofAFlowOnAnotherDispatcherComesBackToTheTask() {
    run(() -> {
      var task = Asyncio.currentTask();
      int sum = 0;
      for (int value : iterate(Flows.onOtherDispatcher(100))) {
        assertSame(task, Asyncio.currentTask());
        sum += value;
      }
      assertEquals(5050, sum);
    });
  }

  @Test
  void ofAFlowThatResumesOnThreadsOfItsOwnComesBackToTheTask() {
    run(() -> {
      var task = Asyncio.currentTask();
      int sum = 0;
      for (int value : iterate(Flows.onThreadsOfItsOwn(10))) {
        assertSame(task, Asyncio.currentTask());
        sum += value;
      }
      assertEquals(55, sum);
    });
  }

  @Test
  void ofAPublisherGetsItsValuesAndCancelsTheSubscriptionWhenItIsLeft() {
    try (var publisher = new SubmissionPublisher<Integer>(Runnable::run, 8)) {
      run(() -> {
        try (var numbers = iterate(publisher)) {
          var values = numbers.iterator();
          createTask(() -> List.of(1, 2, 3).forEach(publisher::submit));
          log.add(values.next() + ", " + values.next() + ", " + publisher.hasSubscribers());
        }
        log.add("" + publisher.hasSubscribers());
      });
    }
    assertEquals(List.of("1, 2, true", "false"), log);
  }

  @Test
  void ofAnAsynchronousIteratorWaitsForEachValue() {
    run(() -> {
      for (int value : iterate(Flows.iterator(2))) {
        log.add(value + " at " + KotlinFrames.time());
      }
    });
    assertEquals(List.of("1 at 1.0", "2 at 2.0"), log);
  }

  @Test
  void givesNothingAfterTheEnd() {
    run(() -> {
      var values = iterate(Flows.of("only")).iterator();
      assertEquals("only", values.next());
      assertThrows(NoSuchElementException.class, values::next);
      assertEquals(false, values.hasNext());
    });
  }

  @Test
  void isForOneLoop() {
    run(() -> {
      var numbers = iterate(Flows.of("a"));
      numbers.forEach(log::add);
      var thrown = assertThrows(IllegalStateException.class, numbers::iterator);
      assertEquals(
          "This was iterated over already. Each iteration needs one of its own: write iterate(...) in the for loop, or "
              + "in the try above it.",
          thrown.getMessage());
    });
  }

  @Test
  void staysInTheTaskThatBeganIt() {
    run(() -> {
      var values = iterate(Flows.endless(log)).iterator();
      values.next();
      var task = createTask("other", values::next);
      String message =
          assertThrows(IllegalStateException.class, () -> await(task)).getMessage();
      assertEquals(
          "The iteration over this flow was begun by Task(), in another coroutine than this: a flow runs as "
              + "part of the code that iterates over it. Iterate over the flow itself here, or hand the values over in "
              + "a Queue.",
          message.replaceFirst("Task-\\d+", ""));
    });
  }

  @Test
  void outsideATaskIsAnError() {
    var values = iterate(Flows.of("a")).iterator();
    var thrown = assertThrows(IllegalStateException.class, values::hasNext);
    assertEquals(
        "await() on thread \"main\", which runs no task. Write Asyncio.run(() -> { ... await(...) ... }) around it; "
            + "or, to block this thread until the future is done, join().",
        thrown.getMessage());
  }

  private List<String> withoutNumbersOfTasks() {
    return log.stream().map(entry -> entry.replaceFirst("Task-\\d+", "Task")).toList();
  }
}
