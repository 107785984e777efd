package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static java.time.Duration.ofSeconds;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.TimeoutException;
import dev.tandem.javaapi.Asyncio;

/** {@code waitFor} gives up after a time: it cancels what it waits for, and throws once that has cleaned up. */
public final class WaitFor {
  private WaitFor() {}

  static void example() {
    var loop = runningLoop();
    var start = loop.time();
    System.out.println(await(waitFor(cook("salad", 1), ofSeconds(2))));
    try {
      await(waitFor(cook("roast", 3600), ofSeconds(2)));
    } catch (TimeoutException e) {
      System.out.println("roast: takes too long");
    }
    System.out.println("it is over after " + loop.time().minus(start).toSeconds() + " s");
  }

  private static Coroutine<String> cook(String dish, int seconds) {
    return async(() -> {
      try {
        await(sleep(ofSeconds(seconds)));
        return dish + " after " + seconds + " s";
      } catch (CancelledException e) {
        System.out.println(dish + ": putting out the fire");
        await(sleep(ofSeconds(1)));
        throw e;
      }
    });
  }

  public static void main(String[] args) {
    Asyncio.run(WaitFor::example);
  }
}
