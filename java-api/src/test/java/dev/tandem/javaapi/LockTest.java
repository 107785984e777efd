package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
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
class LockTest extends OnEachCarrier {
  private final Lock lock = new Lock();
  private final List<String> log = new ArrayList<>();

  @Test
  void isHeldForABlockByOneTaskAfterTheOther() {
    run(() -> await(gather(List.of(holding("a"), holding("b"), holding("c")))));
    assertEquals(List.of("a at 0.0", "b at 1.0", "c at 2.0"), log);
  }

  @Test
  void isTakenWithoutGivingUpTheTurnWhenItIsFree() {
    run(() -> {
      runningLoop().callSoon(() -> log.add("other"));
      await(lock.acquire());
      assertTrue(lock.locked());
      lock.release();
      assertFalse(lock.locked());
      assertEquals(List.of(), log);
    });
  }

  @Test
  void isReleasedWhenItsBlockFails() {
    run(() -> {
      var failure = new IOException("disk full");
      var thrown = assertThrows(IOException.class, () -> {
        try (var held = await(lock.acquire())) {
          throw failure;
        }
      });
      assertSame(failure, thrown);
      assertFalse(lock.locked());
    });
  }

  @Test
  void isReleasedWhenItsHolderIsCancelled() {
    run(() -> {
      var holder = holding("holder");
      var waiter = holding("waiter");
      await(sleep(seconds(0.5)));
      holder.cancel();
      await(waiter);
    });
    assertEquals(List.of("holder at 0.0", "waiter at 0.5"), log);
  }

  @Test
  void isHeldFromAcquireToReleaseWithoutABlock() {
    run(() -> {
      await(lock.acquire());
      try {
        createTask(() -> log.add("locked " + lock.locked()));
        await(sleep(SECOND));
      } finally {
        lock.release();
      }
      log.add("locked " + lock.locked());
    });
    assertEquals(List.of("locked true", "locked false"), log);
  }

  @Test
  void waitingTaskThatIsCancelledDoesNotHoldIt() {
    run(() -> {
      await(lock.acquire());
      var waiter = holding("waiter");
      await(sleep(SECOND));
      waiter.cancel();
      assertThrows(CancelledException.class, () -> await(waiter));
      lock.release();
      assertFalse(lock.locked());
    });
    assertEquals(List.of(), log);
  }

  @Test
  void waitingTaskThatIsWokenAndThenCancelledPassesItOn() {
    run(() -> {
      await(lock.acquire());
      var first = holding("first");
      var second = holding("second");
      await(sleep(SECOND));
      lock.release();
      first.cancel();
      assertThrows(CancelledException.class, () -> await(first));
      await(second);
    });
    assertEquals(List.of("second at 1.0"), log);
  }

  @Test
  void waitingTaskThatRunsOutOfTimeDoesNotHoldIt() {
    run(() -> {
      await(lock.acquire());
      assertThrows(TimeoutException.class, () -> await(waitFor(lock.acquire(), SECOND)));
      lock.release();
      assertFalse(lock.locked());
    });
  }

  @Test
  void newcomerQueuesBehindAWaiterThatWasWoken() {
    run(() -> {
      await(lock.acquire());
      var waiter = holding("waiter");
      await(sleep(SECOND));
      lock.release();
      await(holding("newcomer"));
      assertTrue(waiter.done());
    });
    assertEquals(List.of("waiter at 1.0", "newcomer at 2.0"), log);
  }

  @Test
  void excludesTasksOfBothLanguages() {
    run(() -> await(gather(List.of(
        holding("java"), createTask(KotlinPeers.holding(lock.asKotlin(), log)), holding("java")))));
    assertEquals(List.of("java at 0.0", "kotlin holds at 1.0", "java at 2.0"), log);
  }

  @Test
  void facesOfOneKotlinLockAreOneLock() {
    run(() -> {
      var face = new Lock(lock.asKotlin());
      await(face.acquire());
      assertTrue(lock.locked());
      lock.release();
      assertFalse(face.locked());
    });
  }

  @Test
  void acquireThatNobodyAwaitsTakesNothing() {
    run(() -> {
      lock.acquire().close();
      assertFalse(lock.locked());
    });
  }

  @Test
  void releaseOfAFreeLockSaysWhatToWrite() {
    var error = assertThrows(IllegalStateException.class, lock::release);
    assertEquals(
        "release() of a lock that is not held. Release once for each acquire(); withLock { } in Kotlin and "
            + "try (var held = await(lock.acquire())) in Java do that by themselves.",
        error.getMessage());
  }

  @Test
  void blockOfTheLockItselfInPlaceOfItsAcquisitionIsAnError() {
    assertThrows(IllegalStateException.class, () -> {
      try (lock) {
        log.add("not held");
      }
    });
  }

  @Test
  void isNotReentrant() {
    run(() -> {
      try (var held = await(lock.acquire())) {
        assertThrows(TimeoutException.class, () -> await(waitFor(lock.acquire(), SECOND)));
      }
    });
  }

  @Test
  void showsItsState() {
    run(() -> {
      log.add(lock.toString());
      var holder = holding("holder");
      var waiter = holding("waiter");
      await(sleep(seconds(0.5)));
      log.add(lock.toString());
      await(gather(holder, waiter));
    });
    assertEquals("Lock(unlocked, 0 waiting)", log.get(0));
    assertEquals("Lock(locked, 1 waiting)", log.get(2));
  }

  /** A task that holds the lock for a second. */
  private Task<Void> holding(String name) {
    return createTask(name, () -> {
      try (var held = await(lock.acquire())) {
        assertSame(lock, held);
        log.add(name + " at " + KotlinFrames.time());
        await(sleep(SECOND));
      }
    });
  }
}
