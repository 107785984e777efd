package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.BrokenBarrierException;
import dev.tandem.CancelledException;
import dev.tandem.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarrierTest extends OnEachCarrier {
  private final Barrier barrier = new Barrier(3);
  private final List<String> log = new ArrayList<>();

  @Test
  void letsAllGoOnWhenTheLastOneArrives() {
    run(() -> await(gather(List.of(arriving(1), arriving(3), arriving(2)))));
    assertEquals(List.of("2 at 3.0", "0 at 3.0", "1 at 3.0"), log);
  }

  @Test
  void canBeUsedAgain() {
    run(() -> {
      var results = new ArrayList<Integer>();
      for (int round = 0; round < 2; round++) {
        results.addAll(await(gather(barrier.await(), barrier.await(), barrier.await())));
      }
      assertEquals(List.of(0, 1, 2, 0, 1, 2), results);
    });
  }

  @Test
  void countsThoseThatWait() {
    run(() -> {
      var waiters = gather(barrier.await(), barrier.await());
      await(sleep(SECOND));
      assertEquals(2, barrier.waitingCount());
      assertEquals(3, barrier.parties());
      await(barrier.await());
      await(waiters);
      assertEquals(0, barrier.waitingCount());
    });
  }

  @Test
  void taskThatIsCancelledNoLongerCountsAndTheOthersWaitOn() {
    double passed = run(() -> {
      var first = arriving(0);
      var second = arriving(0);
      await(sleep(SECOND));
      first.cancel();
      assertThrows(CancelledException.class, () -> await(first));
      assertEquals(1, barrier.waitingCount());
      assertFalse(barrier.isBroken());
      await(gather(List.of(second, arriving(1), arriving(2))));
      return KotlinFrames.time();
    });
    assertEquals(3.0, passed);
  }

  @Test
  void resetFailsThoseThatWaitAndItIsUsable() {
    run(() -> {
      var waiter = arriving(0);
      await(sleep(SECOND));
      await(barrier.reset());
      assertThrows(BrokenBarrierException.class, () -> await(waiter));
      assertFalse(barrier.isBroken());
      assertEquals(
          List.of(0, 1, 2), await(gather(barrier.await(), barrier.await(), barrier.await())));
    });
  }

  @Test
  void abortFailsThoseThatWaitAndThoseThatComeUntilAReset() {
    run(() -> {
      var waiter = arriving(0);
      await(sleep(SECOND));
      await(barrier.abort());
      assertThrows(BrokenBarrierException.class, () -> await(waiter));
      assertTrue(barrier.isBroken());
      assertThrows(BrokenBarrierException.class, () -> await(barrier.await()));
      await(barrier.reset());
      assertFalse(barrier.isBroken());
    });
  }

  @Test
  void bringsTasksOfBothLanguagesTogether() {
    run(() -> {
      var kotlin = createTask(KotlinPeers.meetingAt(barrier.asKotlin()));
      var other = createTask(new Barrier(barrier.asKotlin()).await());
      var java = arriving(1);
      assertEquals(List.of(0, 1), await(gather(kotlin, other)));
      await(java);
    });
    assertEquals(List.of("2 at 1.0"), log);
  }

  @Test
  void withoutPartiesIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Barrier(0));
  }

  @Test
  void showsItsState() {
    assertEquals("Barrier(filling, 0 of 3)", barrier.toString());
  }

  /** A task that comes after so many seconds. */
  private Task<Void> arriving(int seconds) {
    return createTask(() -> {
      await(sleep(seconds(seconds)));
      log.add(await(barrier.await()) + " at " + KotlinFrames.time());
    });
  }
}
