package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.javaapi.internal.CarrierKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Platform and virtual threads that carry tasks lead the loop while they wait: whose code waits runs what comes next, on
 * its own thread. Mounted threads are run by the loop's own, which leads all the time.
 */
class LeadingThreadsTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  /** Who runs on a thread: names for {@link #log}. */
  private final Map<Thread, String> nameOf = new HashMap<>();

  @Test
  void callbackRunsOnTheThreadOfTheTaskThatWaits() {
    run(() -> {
      lead("main");
      runningLoop().callSoon(() -> logThread("callback"));
      await(sleep(Duration.ZERO));
      runningLoop().callLater(SECOND, () -> logThread("timer"));
      await(sleep(seconds(2)));
      logThread("task");
    });
    assertEquals(
        List.of("callback on " + leader("main"), "timer on " + leader("main"), "task on main"),
        log);
  }

  @Test
  void callbackIsNoPartOfTheTaskThatLendsItItsThread() {
    run(() -> {
      lead("main");
      runningLoop().callSoon(() -> {
        log.add("task: " + currentTask());
        assertThrows(IllegalStateException.class, () -> await(sleep(SECOND)));
        logThread("cannot await");
      });
      await(sleep(SECOND));
    });
    assertEquals(List.of("task: null", "cannot await on " + leader("main")), log);
  }

  @Test
  void turnMovesToTheTaskThatGoesOn() {
    run(() -> {
      Future<String> ping = runningLoop().createFuture();
      Future<String> pong = runningLoop().createFuture();
      Task<Void> other = createTask(() -> {
        lead("other");
        await(ping);
        logThread("ping");
        runningLoop().callSoon(() -> logThread("callback"));
        pong.setResult("pong");
        await(sleep(SECOND));
      });
      lead("main");
      await(sleep(SECOND));
      runningLoop().callSoon(() -> logThread("callback"));
      ping.setResult("ping");
      await(pong);
      logThread("pong");
      await(other);
    });
    assertEquals(
        List.of(
            "callback on " + leader("main"),
            "ping on other",
            "callback on " + leader("other"),
            "pong on main"),
        log);
  }

  @Test
  void kotlinCodeOfAnotherTaskRunsOnTheThreadOfTheTaskThatWaits() {
    run(() -> {
      lead("main");
      var kotlin = createTask(KotlinFrames.calling(() -> logThread("kotlin")));
      await(sleep(seconds(2)));
      await(kotlin);
    });
    assertEquals(List.of("kotlin on " + leader("main")), log);
  }

  /** Lets the calling task's thread lead from its next await on: at the first, the one that started it does. */
  private void lead(String name) {
    nameOf.put(Thread.currentThread(), name);
    await(sleep(Duration.ZERO));
  }

  private void logThread(String what) {
    Thread thread = Thread.currentThread();
    log.add(what + " on " + nameOf.getOrDefault(thread, thread.getName()));
  }

  /** The thread that leads while the task {@code name} waits. */
  private String leader(String name) {
    return kind == CarrierKind.MOUNTED ? "tandem-loop" : name;
  }
}
