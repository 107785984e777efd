package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Suspending.iterate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A for-each loop over a Kotlin flow that is left before the end of the flow: closed, or left open. */
class FlowLeftEarlyTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void cancelsTheFlowWhenItIsClosedBeforeTheEnd() {
    run(() -> {
      try (var numbers = iterate(Flows.ticking(9, log))) {
        for (int value : numbers) {
          log.add("got " + value);
          break;
        }
      }
      log.add("closed");
    });
    assertEquals(List.of("emits 1", "got 1", "ends", "closed"), log.subList(1, 5));
  }

  @Test
  void closedBeforeTheEndWaitsUntilTheFlowHasEnded() {
    run(() -> {
      try (var numbers = iterate(Flows.endingSlowly(log))) {
        numbers.iterator().next();
      }
      log.add("closed at " + KotlinFrames.time());
    });
    assertEquals(List.of("ending", "ended", "closed at 2.0"), log);
  }

  @Test
  void leftByAnExceptionIsClosedToo() {
    run(() -> assertThrows(NumberFormatException.class, () -> {
      try (var numbers = iterate(Flows.ticking(9, log))) {
        for (int value : numbers) {
          Integer.parseInt("not " + value);
        }
      }
    }));
    assertEquals("ends", log.get(2));
  }

  @Test
  void leftOpenIsEndedWhenTheTaskEnds() {
    run(() -> {
      await(createTask(() -> {
        for (int value : iterate(Flows.ticking(9, log))) {
          log.add("left with " + value);
          break;
        }
      }));
      log.add("task has ended");
      await(sleep(SECOND));
    });
    assertEquals(List.of("emits 1", "left with 1", "task has ended", "ends"), log.subList(1, 5));
  }

  @Test
  void leftOpenByTheMainTaskIsEndedToo() {
    run(() -> {
      for (int value : iterate(Flows.ticking(9, log))) {
        return value;
      }
      return 0;
    });
    assertEquals("ends", log.get(2));
  }

  @Test
  void leftOpenEndsTheProducerOfABufferedFlow() {
    run(() -> {
      await(createTask(() -> iterate(Flows.buffered(log)).iterator().next()));
      await(sleep(SECOND));
    });
    assertEquals("producer ends", log.get(0));
  }

  @Test
  void leftOpenReportsAFlowThatFailsAtItsEnd() {
    var failure = new IOException("broken at the end");
    run(() -> {
      runningLoop()
          .setExceptionHandler((loop, context) ->
              log.add(context.getMessage() + ": " + context.getException().getMessage()));
      await(createTask(
          "reader", () -> iterate(Flows.failingAtTheEnd(failure)).iterator().next()));
      await(sleep(SECOND));
    });
    assertEquals(
        List.of(
            "A flow failed while it was ended, after Task(reader) had left it open: broken at the end"),
        log);
  }

  @Test
  void closeThrowsWhatTheFlowThrowsAtItsEnd() {
    var failure = new IOException("broken at the end");
    run(() -> {
      var numbers = iterate(Flows.failingAtTheEnd(failure));
      numbers.iterator().next();
      assertSame(failure, assertThrows(IOException.class, numbers::close));
    });
  }

  @Test
  void closeTellsAFlowThatDoesNotEnd() {
    run(() -> {
      var numbers = iterate(Flows.stubborn());
      numbers.iterator().next();
      var thrown = assertThrows(IllegalStateException.class, numbers::close);
      assertEquals(
          "The flow emitted a value after the loop over it was left: it caught the CancellationException that emit() "
              + "threw, or it emits in a finally block. Let that exception end the flow.",
          thrown.getMessage());
    });
  }

  @Test
  void closeAfterTheEndDoesNothing() {
    run(() -> {
      var numbers = iterate(Flows.ticking(1, log));
      for (int value : numbers) {
        log.add("got " + value);
      }
      numbers.close();
    });
    assertEquals(List.of("emits 1", "got 1", "ends"), log.subList(1, 4));
  }
}
