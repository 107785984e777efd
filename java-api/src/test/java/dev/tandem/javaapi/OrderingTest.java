package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tandem.Coroutine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Java's tasks and Kotlin's stand in one queue, first come, first served. */
class OrderingTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void javaAndKotlinTasksTakeTurns() {
    run(() -> {
      await(gather(
          List.of(
              counting("j", 3),
              KotlinFrames.counting("k", 3, log),
              counting("l", 3),
              KotlinFrames.counting("m", 3, log)),
          false));
    });
    assertEquals(
        List.of("j0", "k0", "l0", "m0", "j1", "k1", "l1", "m1", "j2", "k2", "l2", "m2"), log);
  }

  @Test
  void newTaskTakesItsFirstStepInTheNextPass() {
    run(() -> {
      createTask(() -> log.add("task"));
      runningLoop().callSoon(() -> log.add("callback"));
      log.add("main");
      await(sleep(Duration.ZERO));
      log.add("main again");
    });
    assertEquals(List.of("main", "task", "callback", "main again"), log);
  }

  @Test
  void waitersOfAFutureGoOnInTheOrderInWhichTheyCame() {
    run(() -> {
      var gate = runningLoop().<String>createFuture();
      for (String name : List.of("a", "b", "c")) {
        createTask(() -> log.add(name + await(gate)));
      }
      await(sleep(SECOND));
      gate.setResult("!");
      log.add("set");
      await(sleep(SECOND));
    });
    assertEquals(List.of("set", "a!", "b!", "c!"), log);
  }

  @Test
  void coroutineThatDoesNotSuspendTakesNoTurn() {
    run(() -> {
      createTask(() -> log.add("task"));
      await(async(() -> log.add("coroutine")));
      await(KotlinFrames.awaiting(async(() -> log.add("through Kotlin"))));
      log.add("main");
      await(sleep(Duration.ZERO));
    });
    assertEquals(List.of("coroutine", "through Kotlin", "main", "task"), log);
  }

  @Test
  void resultComesBackInTheStepInWhichTheInnermostFrameEnds() {
    run(() -> {
      createTask(() -> {
        await(KotlinFrames.awaiting(async(() -> log.add("" + await(sleep(Duration.ZERO))))));
        log.add("outer");
      });
      createTask(() -> {
        await(sleep(Duration.ZERO));
        log.add("other");
      });
      await(sleep(SECOND));
    });
    assertEquals(List.of("null", "outer", "other"), log);
  }

  @Test
  void thousandTasksAreAliveAtOnce() {
    var order = new ArrayList<Integer>();
    var expected = new ArrayList<Integer>();
    run(() -> {
      var gate = runningLoop().<Void>createFuture();
      var tasks = new ArrayList<Coroutine<Void>>();
      for (int i = 0; i < 1000; i++) {
        int number = i;
        expected.add(number);
        tasks.add(async(() -> {
          await(gate);
          await(sleep(SECOND));
          order.add(number);
        }));
      }
      runningLoop().callSoon(() -> runningLoop().callSoon(() -> gate.setResult(null)));
      await(gather(tasks));
    });
    assertEquals(expected, order);
  }

  @Test
  void onlyOneTaskRunsAtATime() {
    var seen = Collections.synchronizedList(new ArrayList<Integer>());
    int[] counter = {0};
    run(() -> {
      var tasks = new ArrayList<Coroutine<Void>>();
      for (int i = 0; i < 8; i++) {
        tasks.add(async(() -> {
          for (int turn = 0; turn < 500; turn++) {
            int before = counter[0];
            Thread.onSpinWait();
            counter[0] = before + 1;
            await(sleep(Duration.ZERO));
          }
          seen.add(counter[0]);
        }));
      }
      await(gather(tasks));
    });
    assertEquals(4000, counter[0]);
  }

  private Coroutine<Void> counting(String name, int turns) {
    return async(() -> {
      for (int i = 0; i < turns; i++) {
        log.add(name + i);
        await(sleep(Duration.ZERO));
      }
    });
  }
}
