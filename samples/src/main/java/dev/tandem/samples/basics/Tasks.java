package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;

/** Awaited one after the other, the times add up; tasks run at the same time. */
public final class Tasks {
  private Tasks() {}

  static void example() {
    var loop = runningLoop();

    var start = loop.time();
    await(brew("coffee", 1));
    await(brew("tea", 2));
    System.out.println("awaited: " + loop.time().minus(start).toSeconds() + " s");

    start = loop.time();
    var tea = createTask(brew("tea", 2));
    var coffee = createTask(brew("coffee", 1));
    await(tea);
    await(coffee);
    System.out.println("as tasks: " + loop.time().minus(start).toSeconds() + " s");
  }

  private static Coroutine<Void> brew(String drink, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      System.out.println(drink + " is ready");
    });
  }

  public static void main(String[] args) {
    Asyncio.run(Tasks::example);
  }
}
