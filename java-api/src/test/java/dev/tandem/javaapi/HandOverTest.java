package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is handed to a Java task is not lost when that task is cancelled about the same time: so many passes of the loop
 * after the hand-over began. In each case a second task waits behind the victim; if it waited for ever, virtual time
 * would end the run.
 */
@SuppressWarnings("try")
class HandOverTest extends OnEachCarrier {
  private final List<String> taken = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void lockIsFreeInTheEnd(int passes) {
    var lock = new Lock();
    run(() -> {
      await(lock.acquire());
      strike(passes, lock::release, () -> {
        try (var held = await(lock.acquire())) {
          await(sleep(Duration.ZERO));
        }
      });
    });
    assertEquals("Lock(unlocked, 0 waiting)", lock.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void permitIsFreeInTheEnd(int passes) {
    var semaphore = new BoundedSemaphore(1);
    run(() -> {
      await(semaphore.acquire());
      strike(passes, semaphore::release, () -> {
        try (var permit = await(semaphore.acquire())) {
          await(sleep(Duration.ZERO));
        }
      });
    });
    assertEquals("BoundedSemaphore(1 free, 0 waiting)", semaphore.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void signalReachesSomebody(int passes) {
    var condition = new Condition();
    int[] stock = {0};
    VoidCallable produce = () -> {
      try (var held = await(condition.acquire())) {
        stock[0]++;
        condition.signal();
      }
    };
    run(() -> {
      strike(passes, produce, produce, () -> {
        try (var held = await(condition.acquire())) {
          await(condition.await(() -> stock[0] > 0));
          stock[0]--;
          taken.add("one");
        }
      });
    });
    assertEquals(2, taken.size() + stock[0]);
    assertEquals("Condition(unlocked, 0 waiting)", condition.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void itemOfAQueueIsTakenOrStillThere(int passes) {
    var queue = new Queue<String>();
    run(() -> {
      VoidCallable take = () -> taken.add(await(queue.get()));
      strike(passes, () -> queue.putNoWait("1"), () -> queue.putNoWait("2"), take);
      while (!queue.empty()) {
        taken.add(queue.getNoWait());
      }
    });
    assertEquals(List.of("1", "2"), taken);
    assertEquals("Queue(0 items, 0 getting, 0 putting)", queue.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void roomInAQueueIsUsed(int passes) {
    var queue = new Queue<String>(1);
    var put = new ArrayList<String>();
    run(() -> {
      queue.putNoWait("0");
      VoidCallable takeOne = () -> {
        if (!queue.empty()) {
          taken.add(queue.getNoWait());
        }
      };
      strike(passes, takeOne, takeOne, () -> {
        await(queue.put("1"));
        put.add("1");
      });
      while (!queue.empty()) {
        taken.add(queue.getNoWait());
      }
    });
    assertEquals(1 + put.size(), taken.size());
    assertEquals("Queue(0 items, 0 getting, 0 putting)", queue.toString());
  }

  private static void strike(int passes, VoidCallable handOver, VoidCallable wait) {
    strike(passes, handOver, () -> {}, wait);
  }

  /**
   * Starts two tasks that {@code wait}, and when both stand there, {@code handOver}, and cancels the first; what the
   * second may still need, {@code handOverMore} gives it.
   */
  private static void strike(
      int passes, VoidCallable handOver, VoidCallable handOverMore, VoidCallable wait) {
    Task<Void> victim = createTask("victim", wait);
    Task<Void> behind = createTask("behind", wait);
    await(sleep(SECOND));
    createTask(handOver);
    for (int pass = 0; pass < passes; pass++) {
      await(sleep(Duration.ZERO));
    }
    victim.cancel();
    await(sleep(SECOND));
    await(async(handOverMore));
    await(gather(List.of(victim, behind), true));
  }
}
