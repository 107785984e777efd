package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.VirtualClock;
import dev.tandem.javaapi.internal.CarrierKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Many tasks alive at once: each is woken, and nothing is left of any of them, however they end. */
class ManyTasksStressTest extends OnEachCarrier {
  private static final int WAKE_UPS = 10;

  /** What the tasks saw, in order. */
  private final List<String> log = new ArrayList<>();

  /** The threads that tasks have run on. */
  private final Set<Thread> threads = new HashSet<>();

  private int ended;

  @Test
  void eachIsWokenTenTimesInTheOrderOfTheWakeUps() {
    var wakeUps = new ArrayList<String>();
    run(() -> {
      var sleepers = new ArrayList<Sleeper>();
      for (int number = 0; number < numberOfTasks(); number++) {
        sleepers.add(new Sleeper(number));
      }
      await(sleep(SECOND));
      assertEquals(sleepers.size() + 1, allTasks().size());
      var random = new Random(42);
      for (int round = 0; round < WAKE_UPS; round++) {
        Collections.shuffle(sleepers, random);
        for (Sleeper sleeper : sleepers) {
          wakeUps.add(sleeper.number + ":" + round);
          sleeper.wakeUp.setResult(round);
        }
        await(sleep(Duration.ZERO));
      }
      await(sleep(SECOND));
      assertEquals(List.of(currentTask()), allTasks());
    });
    assertEquals(wakeUps, log);
    assertNothingIsLeft();
  }

  @Test
  void nothingIsLeftOfTasksThatAreCancelledWhileTheyWait() {
    run(() -> {
      List<Task<Void>> tasks = waitingTasks();
      await(sleep(SECOND));
      tasks.forEach(Task::cancel);
      List<Object> outcomes = await(gather(tasks, true));
      assertTrue(outcomes.stream().allMatch(CancelledException.class::isInstance));
      assertEquals(List.of(currentTask()), allTasks());
    });
    assertNothingIsLeft();
  }

  @Test
  void nothingIsLeftOfTasksThatTheEndOfTheRunCancels() {
    run(() -> {
      waitingTasks();
      await(sleep(SECOND));
    });
    assertNothingIsLeft();
  }

  @Test
  void nothingIsLeftOfTasksThatWaitWhenTheLoopIsClosed() {
    EventLoop loop = EventLoopKt.newEventLoop(new VirtualClock());
    loop.runUntilComplete(async(() -> {
      waitingTasks();
      await(sleep(SECOND));
    }));
    assertEquals(0, ended);
    loop.close();
    assertNothingIsLeft();
  }

  /** Tasks of two Java frames each, with Kotlin's between them, that wait for what never comes. */
  private List<Task<Void>> waitingTasks() {
    var tasks = new ArrayList<Task<Void>>();
    for (int number = 0; number < numberOfTasks(); number++) {
      tasks.add(createTask(() -> {
        threads.add(Thread.currentThread());
        await(KotlinFrames.awaiting(async(this::waitForEver)));
      }));
    }
    return tasks;
  }

  private void waitForEver() {
    threads.add(Thread.currentThread());
    try {
      await(sleep(Duration.ofDays(1)));
    } finally {
      ended++;
    }
  }

  private void assertNothingIsLeft() {
    assertEquals(numberOfTasks(), ended);
    assertTrue(threads.size() >= numberOfTasks(), () -> threads.size() + " threads");
    assertFalse(threads.stream().anyMatch(Thread::isAlive));
    assertFalse(Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("tandem-loop")));
  }

  private int numberOfTasks() {
    return kind == CarrierKind.PLATFORM ? 2_000 : 10_000;
  }

  /** A task that waits again and again. */
  private final class Sleeper {
    final int number;
    Future<Integer> wakeUp = runningLoop().createFuture();

    Sleeper(int number) {
      this.number = number;
      createTask("sleeper " + number, this::sleepAndWake);
    }

    private void sleepAndWake() {
      threads.add(Thread.currentThread());
      for (int round = 0; round < WAKE_UPS; round++) {
        log.add(number + ":" + await(wakeUp));
        wakeUp = runningLoop().createFuture();
      }
      ended++;
    }
  }
}
