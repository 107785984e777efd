package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class SemaphoreTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void letsAsManyTasksThroughAsItHasPermits() {
    var two = new Semaphore(2);
    run(() -> await(gather(
        List.of(holding(two, "a"), holding(two, "b"), holding(two, "c"), holding(two, "d")))));
    assertEquals(List.of("a at 0.0", "b at 0.0", "c at 1.0", "d at 1.0"), log);
  }

  @Test
  void getsItsPermitBackWhenTheBlockFails() {
    var semaphore = new Semaphore();
    run(() -> {
      assertThrows(IOException.class, () -> {
        try (var permit = await(semaphore.acquire())) {
          throw new IOException("disk full");
        }
      });
      assertFalse(semaphore.locked());
    });
  }

  @Test
  void givesNoPermitToAWaiterThatIsCancelled() {
    var semaphore = new Semaphore();
    run(() -> {
      await(semaphore.acquire());
      var first = holding(semaphore, "first");
      var second = holding(semaphore, "second");
      await(sleep(SECOND));
      semaphore.release();
      first.cancel();
      assertThrows(CancelledException.class, () -> await(first));
      await(second);
    });
    assertEquals(List.of("second at 1.0"), log);
    assertEquals("Semaphore(1 free, 0 waiting)", semaphore.toString());
  }

  @Test
  void givesNoPermitToAWaiterThatRunsOutOfTime() {
    var none = new Semaphore(0);
    run(() -> {
      assertThrows(TimeoutException.class, () -> await(waitFor(none.acquire(), SECOND)));
      none.release();
      assertFalse(none.locked());
    });
  }

  @Test
  void mayComeToMorePermitsThanItBeganWith() {
    var semaphore = new Semaphore(0);
    assertTrue(semaphore.locked());
    semaphore.release();
    semaphore.release();
    assertEquals("Semaphore(2 free, 0 waiting)", semaphore.toString());
  }

  @Test
  void thatIsBoundedRefusesAPermitThatNobodyHolds() {
    var semaphore = new BoundedSemaphore(2);
    run(() -> await(holding(semaphore, "holder")));
    var error = assertThrows(IllegalArgumentException.class, semaphore::release);
    assertEquals(
        "release() of a permit that nobody holds: all 2 are free. Release once for each acquire().",
        error.getMessage());
  }

  @Test
  void thatIsBoundedIsASemaphore() {
    Semaphore semaphore = new BoundedSemaphore();
    run(() -> await(gather(List.of(holding(semaphore, "a"), holding(semaphore, "b")))));
    assertEquals(List.of("a at 0.0", "b at 1.0"), log);
  }

  @Test
  void limitsTasksOfBothLanguagesTogether() {
    var kotlin = new dev.tandem.BoundedSemaphore(1);
    var semaphore = new BoundedSemaphore(kotlin);
    run(() -> {
      assertSame(kotlin, semaphore.asKotlin());
      await(gather(List.of(
          holding(semaphore, "java"),
          createTask(KotlinPeers.holding(kotlin, log)),
          holding(new Semaphore(kotlin), "java"))));
    });
    assertEquals(List.of("java at 0.0", "kotlin holds at 1.0", "java at 2.0"), log);
  }

  @Test
  void withANegativeNumberOfPermitsIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Semaphore(-1));
    assertThrows(IllegalArgumentException.class, () -> new BoundedSemaphore(-1));
  }

  /** A task that holds a permit for a second. */
  private Task<Void> holding(Semaphore semaphore, String name) {
    return createTask(name, () -> {
      try (var permit = await(semaphore.acquire())) {
        assertSame(semaphore, permit);
        log.add(name + " at " + KotlinFrames.time());
        await(sleep(SECOND));
      }
    });
  }
}
