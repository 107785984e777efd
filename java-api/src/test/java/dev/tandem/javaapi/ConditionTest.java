package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class ConditionTest extends OnEachCarrier {
  private final Condition condition = new Condition();
  private final List<String> stock = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  @Test
  void predicateIsAskedAgainAfterEachSignal() {
    run(() -> {
      var consumer = createTask(() -> {
        try (var held = await(condition.acquire())) {
          assertSame(condition, held);
          await(condition.await(() -> {
            log.add("asked at " + stock.size());
            return stock.size() == 2;
          }));
          log.add("took " + stock);
        }
      });
      await(sleep(SECOND));
      produce("one");
      await(sleep(SECOND));
      produce("two");
      await(consumer);
    });
    assertEquals(List.of("asked at 0", "asked at 1", "asked at 2", "took [one, two]"), log);
  }

  @Test
  void signalWakesAsManyAsItSaysInTheOrderInWhichTheyCame() {
    run(() -> {
      var waiters = List.of(waiting("a"), waiting("b"), waiting("c"), waiting("d"));
      await(sleep(SECOND));
      try (var held = await(condition.acquire())) {
        condition.signal(2);
      }
      await(sleep(SECOND));
      try (var held = await(condition.acquire())) {
        condition.signal();
      }
      await(sleep(SECOND));
      try (var held = await(condition.acquire())) {
        condition.signalAll();
      }
      await(gather(waiters));
    });
    assertEquals(List.of("a at 1.0", "b at 1.0", "c at 2.0", "d at 3.0"), log);
  }

  @Test
  void waiterGoesOnWithTheLockAndNotBeforeItIsFree() {
    run(() -> {
      var waiter = waiting("waiter");
      await(sleep(SECOND));
      await(condition.acquire());
      condition.signal();
      await(sleep(SECOND));
      log.add("signaller releases, locked " + condition.locked());
      condition.release();
      await(waiter);
      log.add("locked " + condition.locked());
    });
    assertEquals(List.of("signaller releases, locked true", "waiter at 2.0", "locked false"), log);
  }

  @Test
  void cancelledWaiterHoldsTheLockUntilItLeavesTheBlock() {
    run(() -> {
      var waiter = createTask(() -> {
        try (var held = await(condition.acquire())) {
          try {
            await(condition.await());
          } finally {
            log.add("locked " + condition.locked());
          }
        }
      });
      await(sleep(SECOND));
      waiter.cancel();
      assertThrows(CancelledException.class, () -> await(waiter));
      log.add("locked " + condition.locked());
    });
    assertEquals(List.of("locked true", "locked false"), log);
  }

  @Test
  void waiterThatIsCancelledWhileItTakesTheLockAgainOutlastsThatAndThrowsTheLastCancellation() {
    run(() -> {
      var waiter = waiting("waiter");
      await(sleep(SECOND));
      await(condition.acquire());
      condition.signal();
      await(sleep(SECOND));
      waiter.cancel("one");
      await(sleep(SECOND));
      waiter.cancel("two");
      await(sleep(SECOND));
      log.add("done " + waiter.done());
      condition.release();
      log.add(assertThrows(CancelledException.class, () -> await(waiter)).getMessage());
      log.add("locked " + condition.locked());
    });
    assertEquals(List.of("done false", "two", "locked false"), log);
  }

  @Test
  void conditionsMayShareALock() {
    var lock = new Lock();
    var empty = new Condition(lock);
    var full = new Condition(lock);
    run(() -> {
      try (var held = await(empty.acquire())) {
        assertTrue(lock.locked());
        assertTrue(full.locked());
        full.signal();
      }
      assertFalse(lock.locked());
    });
  }

  @Test
  void javaTaskWaitsForWhatKotlinSignals() {
    run(() -> {
      var consumer = createTask(() -> {
        try (var held = await(condition.acquire())) {
          await(condition.await(() -> !stock.isEmpty()));
          log.add("took " + stock);
        }
      });
      await(sleep(SECOND));
      await(KotlinPeers.producing(new Condition(condition.asKotlin()).asKotlin(), stock));
      await(consumer);
    });
    assertEquals(List.of("took [made in Kotlin]"), log);
  }

  @Test
  void failureOfThePredicateIsThrownWithTheLockHeld() {
    run(() -> {
      var failure = new IllegalArgumentException("no such shelf");
      var consumer = createTask(() -> {
        try (var held = await(condition.acquire())) {
          await(condition.await(() -> {
            if (stock.isEmpty()) {
              return false;
            }
            throw failure;
          }));
        } finally {
          log.add("locked " + condition.locked());
        }
      });
      await(sleep(SECOND));
      produce("one");
      assertSame(failure, assertThrows(failure.getClass(), () -> await(consumer)));
    });
    assertEquals(List.of("locked false"), log);
  }

  @Test
  void waitingAndSignallingWithoutTheLockSaysWhatToWrite() {
    run(() -> {
      var error = assertThrows(IllegalStateException.class, () -> await(condition.await()));
      assertEquals(
          "await() without the lock. Take it before: condition.withLock { } in Kotlin, "
              + "try (var held = await(condition.acquire())) in Java.",
          error.getMessage());
      assertThrows(IllegalStateException.class, condition::signal);
      assertThrows(IllegalStateException.class, condition::signalAll);
      assertThrows(IllegalStateException.class, condition::release);
    });
  }

  @Test
  void predicateThatIsNullFailsAtTheCall() {
    assertThrows(NullPointerException.class, () -> condition.await(null));
  }

  private void produce(String item) {
    try (var held = await(condition.acquire())) {
      stock.add(item);
      condition.signal();
    }
  }

  private Task<Void> waiting(String name) {
    return createTask(name, () -> {
      try (var held = await(condition.acquire())) {
        await(condition.await());
        log.add(name + " at " + KotlinFrames.time());
      }
    });
  }
}
