package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.joining;

import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;
import java.util.List;

/** {@code currentTask} is the one that runs, {@code allTasks} those that are not done; a callback is in no task. */
public final class CurrentTask {
  private CurrentTask() {}

  static void example() {
    currentTask().setName("host");
    createTask("butler", greet("ada"));
    var cook = createTask("cook", greet("bob"));
    System.out.println(names(allTasks()));
    await(greet("eve")); // awaited, not made a task: runs in the caller's

    runningLoop()
        .callSoon(() -> System.out.println(currentTask() == null ? "in no task" : "in a task"));
    await(cook);
    System.out.println(names(allTasks()));
  }

  private static Coroutine<Void> greet(String guest) {
    return async(() -> {
      System.out.println(currentTask().getName() + " greets " + guest);
      await(sleep(ofSeconds(1)));
    });
  }

  private static String names(List<Task<?>> tasks) {
    return tasks.stream().map(Task::getName).sorted().collect(joining(", "));
  }

  public static void main(String[] args) {
    Asyncio.run(CurrentTask::example);
  }
}
