package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.taskGroup;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.BaseExceptionGroup;
import dev.tandem.CancelledException;
import dev.tandem.ContextVar;
import dev.tandem.Coroutine;
import dev.tandem.ExceptionGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskGroupTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void endsWhenAllItsTasksHaveEnded() {
    run(() -> {
      taskGroup(group -> {
        group.createTask(sleeping("slow", 3));
        group.createTask("quick", sleeping("quick", 1));
        log.add("body");
      });
      log.add("group");
    });
    assertEquals(List.of("body", "quick at 1.0", "slow at 3.0", "group"), log);
  }

  @Test
  void bodyRunsInTheSameTaskAndMayAwait() {
    run(() -> {
      var parent = currentTask();
      taskGroup(group -> {
        var answer = group.createTask(() -> 42);
        assertEquals(42, await(answer));
        assertSame(parent, currentTask());
      });
    });
  }

  @Test
  void runGivesTheResultOfItsBodyAfterTheTasks() {
    String result = run(() -> {
      var group = new TaskGroup();
      return group.run(() -> {
            group.createTask(sleeping("task", 2));
            return "result";
          })
          + " at " + KotlinFrames.time();
    });
    assertEquals("result at 2.0", result);
  }

  @Test
  void failureCancelsTheOthersAndIsThrownInAGroup() {
    var failure = new IOException("broken");
    run(() -> {
      var thrown = assertThrows(
          ExceptionGroup.class,
          () -> taskGroup(group -> {
            group.createTask(sleeping("sibling", 10));
            group.createTask(() -> {
              await(sleep(SECOND));
              throw failure;
            });
            await(sleeping("body", 10));
          }));
      assertEquals(List.of(failure), thrown.getExceptions());
    });
    assertEquals(List.of("sibling stopped at 1.0", "body stopped at 1.0"), log);
  }

  @Test
  void failuresOfBodyAndTasksComeTogether() {
    var ofTask = new IOException("task");
    var ofBody = new IOException("body");
    run(() -> {
      var thrown = assertThrows(
          BaseExceptionGroup.class,
          () -> taskGroup(group -> {
            group.createTask(() -> {
              throw ofTask;
            });
            try {
              await(sleep(SECOND));
            } catch (CancelledException e) {
              throw ofBody;
            }
          }));
      assertEquals(List.of(ofTask, ofBody), thrown.getExceptions());
    });
  }

  @Test
  void cancellingTheCallerCancelsTheTasks() {
    run(() -> {
      var caller = createTask(() -> taskGroup(group -> group.createTask(sleeping("task", 10))));
      await(sleep(SECOND));
      caller.cancel("enough");
      var thrown = assertThrows(CancelledException.class, () -> await(caller));
      assertEquals("enough", thrown.getMessage());
    });
    assertEquals(List.of("task stopped at 1.0"), log);
  }

  @Test
  void cancelEndsTheGroupWithoutACancellation() {
    run(() -> {
      taskGroup(group -> {
        group.createTask(sleeping("task", 10));
        group.createTask(() -> {
          await(sleep(SECOND));
          group.cancel();
        });
        await(sleeping("body", 10));
      });
      assertEquals(0, currentTask().cancelling());
    });
    assertEquals(List.of("task stopped at 1.0", "body stopped at 1.0"), log);
  }

  @Test
  void bodyThatCancelCutShortHasNoResult() {
    run(() -> {
      var group = new TaskGroup();
      String result = group.run(() -> {
        group.cancel();
        await(sleep(SECOND));
        return "not reached";
      });
      assertNull(result);
    });
  }

  @Test
  void groupThatIsCancelledBeforeItStartsStopsItsBodyAtTheFirstAwait() {
    run(() -> {
      var group = new TaskGroup();
      group.cancel();
      group.run(() -> {
        log.add("started");
        await(sleep(SECOND));
        log.add("not reached");
      });
      log.add("ended at " + KotlinFrames.time());
    });
    assertEquals(List.of("started", "ended at 0.0"), log);
  }

  @Test
  void taskCanBeAddedFromTheStartToTheEndOnly() {
    run(() -> {
      var group = new TaskGroup();
      log.add(refusalOf(group));
      group.run(() -> {
        group.createTask(() -> {
          await(sleep(SECOND));
          group.createTask(sleeping("late", 1));
        });
      });
      log.add(refusalOf(group));
    });
    assertEquals(
        List.of(
            "TaskGroup(0 running) has not started: add tasks in its body.",
            "late at 2.0",
            "TaskGroup(0 running) has ended and takes no more tasks."),
        log);
  }

  @Test
  void groupRunsOnce() {
    run(() -> {
      var group = new TaskGroup();
      group.run(() -> {});
      var thrown = assertThrows(IllegalStateException.class, () -> group.run(() -> {}));
      assertTrue(thrown.getMessage().contains("make a new one"), thrown.getMessage());
    });
  }

  @Test
  void taskTakesANameAContextAndAnEagerStart() {
    var user = new ContextVar<String>("user", "nobody");
    run(() -> taskGroup(group -> {
      user.set("ada");
      var context = dev.tandem.ContextKt.copyContext();
      user.set("eve");
      var task = group.createTask("eager", context, true, async(user::get));
      log.add(task.getName() + " " + task.done() + " " + task.result());
    }));
    assertEquals(List.of("eager true ada"), log);
  }

  @Test
  void groupOfAKotlinBodyTakesTasksOfJava() {
    run(() -> await(KotlinFrames.withGroup(kotlin -> {
      var group = new TaskGroup(kotlin);
      group.createTask(sleeping("java", 2));
      assertSame(kotlin, group.asKotlin());
    })));
    assertEquals(List.of("java at 2.0"), log);
  }

  private static String refusalOf(TaskGroup group) {
    return assertThrows(IllegalStateException.class, () -> group.createTask(() -> {}))
        .getMessage();
  }

  private Coroutine<Void> sleeping(String name, int seconds) {
    return async(name, () -> {
      try {
        await(sleep(seconds(seconds)));
        log.add(name + " at " + KotlinFrames.time());
      } catch (CancelledException e) {
        log.add(name + " stopped at " + KotlinFrames.time());
        throw e;
      }
    });
  }
}
