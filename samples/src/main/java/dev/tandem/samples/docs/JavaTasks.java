package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.taskGroup;
import static dev.tandem.javaapi.Asyncio.timeout;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static dev.tandem.samples.docs.FirstSteps.fetch;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.ExceptionGroup;
import dev.tandem.TimeoutException;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.TaskGroup;
import java.io.IOException;
import java.util.List;

/** The examples of {@code docs/java.md} about single tasks and groups; a test checks what the comments in them say. */
final class JavaTasks {
  private JavaTasks() {}

  static void tasks() {
    // region tasks
    var start = runningLoop().time();
    var home = createTask(fetch("home", 2));
    var news = createTask("news", () -> await(fetch("news", 1)) + "!");
    System.out.println(await(home) + await(news));
    System.out.println(runningLoop().time().minus(start).toSeconds() + " s");
    // <home><news>!, 2 s
    // endregion
  }

  static void onlyAnAwaitGivesOthersATurn() {
    // region turns
    createTask(() -> System.out.println("the task"));
    System.out.println("still the caller");
    await(sleep(ZERO)); // whoever is ready gets one turn
    System.out.println("the caller again");
    // still the caller, the task, the caller again
    // endregion
  }

  static void exceptions() {
    // region exceptions
    Coroutine<String> broken = async(() -> {
      await(sleep(ofSeconds(1)));
      throw new IOException("no route");
    });
    try {
      System.out.println(await(broken, IOException.class));
    } catch (IOException e) {
      System.out.println("failed: " + e.getMessage());
    }
    // failed: no route
    // endregion
  }

  static void timeLimits() {
    // region timeout
    try {
      await(waitFor(fetch("archive", 3600), ofSeconds(2)));
    } catch (TimeoutException e) {
      System.out.println("the archive is slow");
    }

    String page = timeout(ofSeconds(5), () -> {
      String head = await(fetch("head", 1));
      return head + await(fetch("body", 2));
    });
    System.out.println(page);
    // the archive is slow, <head><body>
    // endregion
  }

  static void movingTheLimit() {
    // region reschedule
    var limit = timeout(ofSeconds(2));
    limit.run(() -> {
      await(fetch("head", 1));
      limit.reschedule(runningLoop().time().plusSeconds(5)); // from now on
      System.out.println(await(fetch("body", 3)));
    });
    // <body>
    // endregion
  }

  static void cancelling() {
    // region cancel
    var task = createTask(() -> {
      try {
        await(sleep(ofHours(1)));
      } catch (CancelledException e) {
        System.out.println("cleaning up");
        await(fetch("farewell", 1)); // an ordinary await: the request is spent
        throw e;
      }
    });
    await(sleep(ofSeconds(1)));
    task.cancel();
    await(Asyncio.wait(List.of(task)));
    System.out.println(task.cancelled() ? "cancelled" : "went on");
    // cleaning up, cancelled
    // endregion
  }

  static void shielding() {
    // region shield
    var order = createTask(fetch("order", 3));
    try {
      await(waitFor(shield(order), ofSeconds(1)));
    } catch (TimeoutException e) {
      System.out.println("it may take a moment");
    }
    System.out.println(await(order));
    // it may take a moment, <order>
    // endregion
  }

  static void groups() {
    // region group
    try {
      taskGroup(group -> {
        group.createTask(fetch("home", 3));
        group.createTask(() -> {
          await(sleep(ofSeconds(1)));
          throw new IOException("no route");
        });
        System.out.println("both run");
      });
    } catch (ExceptionGroup e) {
      System.out.println(e.getExceptions());
    }
    // both run, [java.io.IOException: no route]
    // endregion
  }

  static void groupsWithAResult() {
    // region group-result
    var group = new TaskGroup();
    String page = group.run(() -> {
      var head = group.createTask(fetch("head", 1));
      var body = group.createTask(fetch("body", 2));
      return await(head) + await(body);
    });
    System.out.println(page);
    // <head><body>
    // endregion
  }
}
