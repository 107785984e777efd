package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.Future;
import dev.tandem.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/**
 * A task that blocks its thread blocks the loop, as in Python: between two awaits nothing else runs, also on virtual
 * threads, which would let their own thread do other things meanwhile.
 */
class BlockingCallTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Object monitor = new Object();

  @Test
  void sleepOfTheThread() {
    assertBlocks(() -> {
      Thread.sleep(5);
      return "slept";
    });
    assertEquals(List.of("slept", "other task"), log);
  }

  @Test
  void queueThatAnotherThreadFills() {
    var queue = new ArrayBlockingQueue<String>(1);
    assertBlocks(() -> {
      whenBlocked(() -> queue.add("item"));
      return queue.take();
    });
    assertEquals(List.of("item", "other task"), log);
  }

  @Test
  void lockThatAnotherThreadHolds() {
    assertBlocks(() -> {
      var held = new CountDownLatch(1);
      whenBlocked(
          () -> {
            lock.lock();
            held.countDown();
          },
          lock::unlock);
      held.await();
      lock.lock();
      lock.unlock();
      return "locked";
    });
    assertEquals(List.of("locked", "other task"), log);
  }

  @Test
  void monitorThatAnotherThreadHolds() {
    assertBlocks(() -> {
      var held = new CountDownLatch(1);
      Thread mine = Thread.currentThread();
      start(() -> {
        synchronized (monitor) {
          held.countDown();
          awaitBlocked(mine);
        }
      });
      held.await();
      synchronized (monitor) {
        return "entered";
      }
    });
    assertEquals(List.of("entered", "other task"), log);
  }

  @Test
  void notificationOfAnotherThread() {
    assertBlocks(() -> {
      var notified = new AtomicBoolean();
      whenBlocked(() -> {
        synchronized (monitor) {
          notified.set(true);
          monitor.notify();
        }
      });
      synchronized (monitor) {
        while (!notified.get()) {
          monitor.wait();
        }
      }
      return "notified";
    });
    assertEquals(List.of("notified", "other task"), log);
  }

  @Test
  void futureOfAnotherLibraryThatAnotherThreadCompletes() {
    assertBlocks(() -> {
      var foreign = new CompletableFuture<String>();
      whenBlocked(() -> foreign.complete("joined"));
      return foreign.join();
    });
    assertEquals(List.of("joined", "other task"), log);
  }

  @Test
  void insideAStaticInitialiser() {
    assertBlocks(() -> {
      var queue = new ArrayBlockingQueue<String>(1);
      StaticInitialiser.run(() -> {
        whenBlocked(() -> queue.add("slept"));
        queue.add(queue.take());
      });
      return queue.take();
    });
    assertEquals(List.of("slept", "other task"), log);
  }

  @Test
  void inATaskThatWasStartedEagerly() {
    run(() -> {
      createTask("other", () -> log.add("other task"));
      Task<String> eager = createTask("eager", null, true, Asyncio.async(() -> {
        var queue = new ArrayBlockingQueue<String>(1);
        whenBlocked(() -> queue.add("item"));
        log.add(queue.take());
        await(sleep(SECOND));
        return "eager goes on";
      }));
      log.add("creator");
      log.add(await(eager));
    });
    assertEquals(List.of("item", "creator", "other task", "eager goes on"), log);
  }

  @Test
  void interruptEndsTheCallAndNotTheTask() {
    assertBlocks(() -> {
      Thread mine = Thread.currentThread();
      whenBlocked(mine::interrupt);
      assertThrows(InterruptedException.class, () -> new CountDownLatch(1).await());
      return "interrupted";
    });
    assertEquals(List.of("interrupted", "other task"), log);
  }

  @Test
  void wakeUpsFromOutsideTakeEffectAfterwards() {
    run(() -> {
      Future<String> future = runningLoop().createFuture();
      createTask("other", () -> log.add(await(future)));
      await(sleep(SECOND));
      var queue = new ArrayBlockingQueue<String>(1);
      whenBlocked(() -> {
        future.complete("future");
        future.loop().callSoonThreadsafe(() -> log.add("callback"));
        queue.add("item");
      });
      log.add(queue.take());
      await(sleep(SECOND));
    });
    assertEquals(List.of("item", "callback", "future"), log);
  }

  @Test
  void awaitInsideSynchronizedKeepsTheMonitor() {
    run(() -> {
      createTask("other", () -> log.add("other task holds it: " + Thread.holdsLock(monitor)));
      synchronized (monitor) {
        await(sleep(SECOND));
        log.add("task holds it: " + Thread.holdsLock(monitor));
      }
    });
    assertEquals(List.of("other task holds it: false", "task holds it: true"), log);
  }

  @Test
  void awaitWhileALockIsHeldKeepsTheLock() {
    run(() -> {
      lock.lock();
      try {
        createTask("other", () -> log.add("other task gets it: " + lock.tryLock()));
        await(sleep(SECOND));
        assertTrue(lock.isHeldByCurrentThread());
      } finally {
        lock.unlock();
      }
    });
    assertEquals(List.of("other task gets it: false"), log);
  }

  /** Runs {@code blocking} in a task while another one could run, and logs its result. */
  private void assertBlocks(Callable<String> blocking) {
    run(() -> {
      await(sleep(Duration.ZERO));
      var other = createTask("other", () -> log.add("other task"));
      log.add(blocking.call());
      await(other);
    });
  }

  /** Lets another thread call {@code action} once the calling one is blocked. */
  private static void whenBlocked(Runnable action) {
    whenBlocked(() -> {}, action);
  }

  private static void whenBlocked(Runnable before, Runnable action) {
    Thread mine = Thread.currentThread();
    start(() -> {
      before.run();
      awaitBlocked(mine);
      action.run();
    });
  }

  private static void start(Runnable code) {
    Thread thread = new Thread(code, "unblocker");
    thread.setDaemon(true);
    thread.start();
  }

  private static void awaitBlocked(Thread thread) {
    while (thread.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
  }
}
