package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;
import java.util.List;

/** A task has a name, and a state that can be asked for without waiting. */
public final class TaskStates {
  private TaskStates() {}

  static void example() {
    var bread = createTask("bread", bake(1));
    var cake = createTask("cake", bake(2));
    var pizza = createTask("pizza", bake(3));
    for (var task : List.of(bread, cake, pizza)) {
      System.out.println(describe(task));
    }

    await(sleep(ofMillis(2500)));
    pizza.cancel();
    System.out.println(describe(pizza)); // a request: the task learns of it in its next step
    await(sleep(ZERO));
    cake.setName("charcoal");
    for (var task : List.of(bread, cake, pizza)) {
      System.out.println(describe(task));
    }
  }

  private static Coroutine<String> bake(int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      if (seconds > 1) {
        throw new IllegalStateException("burnt");
      }
      return "crisp";
    });
  }

  private static String describe(Task<?> task) {
    String state;
    if (!task.done()) {
      state = "pending";
    } else if (task.cancelled()) {
      state = "cancelled";
    } else if (task.exception() != null) {
      state = "failed: " + task.exception().getMessage();
    } else {
      state = "done: " + task.result();
    }
    return task.getName() + " is " + state;
  }

  public static void main(String[] args) {
    Asyncio.run(TaskStates::example);
  }
}
