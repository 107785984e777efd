package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A task that starts another one eagerly: its code stands still until the other has to wait, and then goes on. */
class EagerStartTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void creatorGoesOnWhenTheTaskHasToWait() {
    run(() -> {
      Future<String> gate = runningLoop().createFuture();
      var eager = start("eager", async(() -> log.add("eager: " + await(gate))));
      log.add("creator");
      gate.setResult("open");
      await(eager);
    });
    assertEquals(List.of("creator", "eager: open"), log);
  }

  @Test
  void nestedThreeDeepEachCreatorGoesOnInTurn() {
    run(() -> {
      Future<String> gate = runningLoop().createFuture();
      Task<String> outermost = start("1", level(1, gate));
      log.add("creator");
      gate.setResult("open");
      log.add(await(outermost));
    });
    assertEquals(
        List.of(
            "1 in",
            "2 in",
            "3 in",
            "3 waits",
            "2 goes on",
            "1 goes on",
            "creator",
            "3 open",
            "2 open",
            "1 open",
            "1 ends"),
        log);
  }

  @Test
  void nestedTasksRunOnThreadsOfTheirOwnAndAsThemselves() {
    var threads = new ArrayList<Thread>();
    run(() -> {
      Task<?> creator = currentTask();
      threads.add(Thread.currentThread());
      start("outer", async(() -> {
        threads.add(Thread.currentThread());
        Task<?> outer = currentTask();
        start("inner", async(() -> {
          threads.add(Thread.currentThread());
          log.add(currentTask().getName());
          await(sleep(SECOND));
        }));
        assertSame(outer, currentTask());
      }));
      assertSame(creator, currentTask());
      assertSame(threads.get(0), Thread.currentThread());
      await(sleep(seconds(2)));
    });
    assertEquals(List.of("inner"), log);
    assertEquals(3, threads.stream().distinct().count());
  }

  @Test
  void taskThatNeedNotWaitIsDoneAtOnce() {
    run(() -> {
      Task<String> eager = start("eager", async(() -> "at once"));
      assertTrue(eager.done());
      assertEquals("at once", eager.result());
    });
  }

  @Test
  void taskThatFailsAtOnceDoesNotFailItsCreator() {
    var failure = new IOException("at once");
    run(() -> {
      Task<String> eager = start("eager", async(() -> {
        throw failure;
      }));
      assertTrue(eager.done());
      assertSame(failure, assertThrows(IOException.class, () -> await(eager)));
    });
  }

  @Test
  void kotlinBetweenTheTasksMakesNoDifference() {
    run(() -> {
      Future<String> gate = runningLoop().createFuture();
      Task<String> outer = start("outer", KotlinFrames.awaiting(async(() -> {
        Task<String> inner = start("inner", KotlinFrames.awaiting(async(() -> await(gate))));
        log.add("outer goes on");
        return await(inner);
      })));
      log.add("creator");
      gate.setResult("open");
      log.add(await(outer));
    });
    assertEquals(List.of("outer goes on", "creator", "open"), log);
  }

  @Test
  void taskThatIsCancelledByItsCreatorLearnsOfItWhereItWaits() {
    run(() -> {
      Task<Void> eager = start("eager", async(() -> {
        try {
          await(sleep(SECOND));
        } catch (CancelledException e) {
          log.add(e.getMessage());
          throw e;
        }
      }));
      eager.cancel("not needed");
      assertThrows(CancelledException.class, () -> await(eager));
    });
    assertEquals(List.of("not needed"), log);
  }

  @Test
  void taskThatCancelsItsCreatorIsNotDisturbed() {
    run(() -> {
      Task<Void> creator = createTask("creator", () -> {
        start("eager", async(() -> {
          taskNamed("creator").cancel();
          log.add("eager goes on");
          await(sleep(SECOND));
          log.add("eager ends");
        }));
        log.add("creator goes on");
        await(sleep(seconds(5)));
      });
      assertThrows(CancelledException.class, () -> await(creator));
      await(sleep(seconds(2)));
    });
    assertEquals(List.of("eager goes on", "creator goes on", "eager ends"), log);
  }

  @Test
  void callbackMayStartOneToo() {
    run(() -> {
      var threads = new ArrayList<Thread>();
      runningLoop().callSoon(() -> {
        threads.add(Thread.currentThread());
        start("eager", async(() -> {
          threads.add(Thread.currentThread());
          await(sleep(SECOND));
          log.add("eager ends");
        }));
        log.add("callback goes on");
      });
      await(sleep(seconds(2)));
      assertNotSame(threads.get(0), threads.get(1));
    });
    assertEquals(List.of("callback goes on", "eager ends"), log);
  }

  private Coroutine<String> level(int level, Future<String> gate) {
    return async(() -> {
      log.add(level + " in");
      if (level == 3) {
        log.add("3 waits");
        log.add("3 " + await(gate));
        return "3 ends";
      }
      Task<String> inner = start("" + (level + 1), level(level + 1, gate));
      log.add(level + " goes on");
      log.add(level + " " + await(gate));
      await(inner);
      return level + " ends";
    });
  }

  private static Task<?> taskNamed(String name) {
    return Asyncio.allTasks().stream()
        .filter(task -> task.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static <T> Task<T> start(String name, Coroutine<T> coroutine) {
    return createTask(name, null, true, coroutine);
  }
}
