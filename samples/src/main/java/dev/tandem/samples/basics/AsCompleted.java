package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.asCompleted;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.TimeoutException;
import dev.tandem.javaapi.Asyncio;
import java.util.List;

/** {@code asCompleted} gives the results in the order in which they come; with a timeout, being late is an error. */
public final class AsCompleted {
  private AsCompleted() {}

  static void example() {
    var nearby = List.of(answer("Oslo", 3), answer("Bern", 1), answer("Rome", 2));
    for (var next : asCompleted(nearby)) {
      System.out.println(await(next));
    }

    var far = List.of(createTask(answer("Lima", 1)), createTask(answer("Cairo", 5)));
    try {
      for (var next : asCompleted(far, ofSeconds(3))) {
        System.out.println(await(next));
      }
    } catch (TimeoutException e) {
      System.out.println("the others are late");
    }
    System.out.println("and come all the same: " + await(far.get(1)));
  }

  private static Coroutine<String> answer(String town, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      return town + " after " + seconds + " s";
    });
  }

  public static void main(String[] args) {
    Asyncio.run(AsCompleted::example);
  }
}
