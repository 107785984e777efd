package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Suspending.iterate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Kotlin flow as a Java stream. */
class FlowStreamTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void waitsForEachValue() {
    run(() -> {
      List<String> seen = iterate(Flows.ticking(2, log)).stream()
          .map(value -> value + " at " + KotlinFrames.time())
          .toList();
      assertEquals(List.of("1 at 1.0", "2 at 2.0"), seen);
    });
  }

  @Test
  void asksForNoMoreThanItNeeds() {
    run(() -> {
      try (var numbers = iterate(Flows.endless(log)).stream()) {
        assertEquals(List.of(2, 4), numbers.map(value -> value * 2).limit(2).toList());
      }
    });
    assertEquals(List.of("emits 1", "emits 2"), log);
  }

  @Test
  void closedBeforeTheEndEndsTheFlow() {
    run(() -> {
      try (var numbers = iterate(Flows.endingSlowly(log)).stream()) {
        assertEquals(1, numbers.findFirst().orElseThrow());
      }
      log.add("closed at " + KotlinFrames.time());
    });
    assertEquals(List.of("ending", "ended", "closed at 2.0"), log);
  }

  @Test
  void mayAwaitInItsFunctions() {
    run(() -> {
      List<Integer> seen = iterate(Flows.counting(2)).stream()
          .peek(value -> await(sleep(SECOND)))
          .toList();
      assertEquals(List.of(1, 2), seen);
      assertEquals(2.0, KotlinFrames.time());
    });
  }

  @Test
  void throwsWhatTheFlowThrowsItself() {
    var failure = new IOException("broken");
    var thrown = assertThrows(
        IOException.class,
        () -> run(() -> iterate(Flows.failing(failure)).stream().toList()));
    assertSame(failure, thrown);
  }

  @Test
  void isCancelledWithItsTask() {
    run(() -> {
      var task = createTask(() -> iterate(Flows.ticking(9, log)).stream().toList());
      await(sleep(seconds(1.5)));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals("ends", log.get(2));
  }

  @Test
  void inParallelLeavesTheTask() {
    run(() -> {
      var numbers = iterate(Flows.counting(10_000)).stream().parallel().map(value -> {
        await(sleep(SECOND));
        return value;
      });
      var thrown = assertThrows(IllegalStateException.class, () -> numbers.toList());
      assertTrue(thrown.getMessage().contains("a parallel stream"), thrown::getMessage);
    });
  }
}
