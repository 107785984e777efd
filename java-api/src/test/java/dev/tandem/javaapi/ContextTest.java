package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.tandem.ContextVar;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The current task and its context variables, on whatever thread the code runs. */
class ContextTest extends OnEachCarrier {
  private final ContextVar<String> user = new ContextVar<>("user", "nobody");
  private final List<String> log = new ArrayList<>();

  @Test
  void taskSeesWhatItsCreatorHadSetAndKeepsItsOwnChanges() {
    run(() -> {
      user.set("ada");
      var task = createTask(() -> {
        log.add("task: " + user.get());
        await(sleep(SECOND));
        user.set("bob");
        await(sleep(SECOND));
        log.add("task: " + user.get());
      });
      user.set("eve");
      await(task);
      log.add("main: " + user.get());
    });
    assertEquals(List.of("task: ada", "task: bob", "main: eve"), log);
  }

  @Test
  void variableSetInAnInnerFrameIsSeenInTheOuterOnes() {
    run(() -> {
      await(KotlinFrames.awaiting(async(() -> {
        await(sleep(SECOND));
        user.set("inner");
      })));
      log.add(user.get());
    });
    assertEquals(List.of("inner"), log);
  }

  @Test
  void currentTaskIsExactInFramesOfBothLanguagesBesideOtherTasks() {
    run(() -> {
      var one = createTask("one", () -> logTaskNames());
      var two = createTask("two", () -> logTaskNames());
      await(one);
      await(two);
    });
    assertEquals(
        List.of(
            "java in one",
            "kotlin in one",
            "java in two",
            "kotlin in two",
            "kotlin in one",
            "java in one",
            "kotlin in two",
            "java in two"),
        log);
  }

  @Test
  void callbackHasNoCurrentTask() {
    run(() -> {
      runningLoop().callSoon(() -> assertNull(currentTask()));
      await(sleep(SECOND));
    });
  }

  @Test
  void threadIsNamedAfterTheTask() {
    run(() -> await(createTask("fetch", () -> log.add(Thread.currentThread().getName()))));
    assertEquals(List.of("fetch"), log);
  }

  private void logTaskNames() {
    log.add("java in " + currentTask().getName());
    await(KotlinFrames.taskNames(log));
    log.add("java in " + currentTask().getName());
  }
}
