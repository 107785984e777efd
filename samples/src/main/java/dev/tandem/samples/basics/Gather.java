package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;

/** {@code gather} runs several at once: results in the order asked for, or else the first failure. */
public final class Gather {
  private Gather() {}

  static void example() {
    var loop = runningLoop();
    var start = loop.time();
    var pages = await(gather(fetch("home", 3), fetch("news", 1), fetch("mail", 2)));
    System.out.println(
        String.join(" ", pages) + " after " + loop.time().minus(start).toSeconds() + " s");

    start = loop.time();
    try {
      await(gather(fetch("home", 3), fetch("shop", 1), fetch("mail", 2)));
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage() + ", after " + loop.time().minus(start).toSeconds() + " s");
    }
    await(sleep(ofSeconds(3))); // the others go on
  }

  private static Coroutine<String> fetch(String page, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      if (page.equals("shop")) {
        throw new IllegalStateException("the shop is closed");
      }
      System.out.println(page + " is here");
      return "<" + page + ">";
    });
  }

  public static void main(String[] args) {
    Asyncio.run(Gather::example);
  }
}
