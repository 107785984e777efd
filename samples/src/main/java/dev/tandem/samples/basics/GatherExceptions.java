package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;
import java.util.List;

/** With {@code returnExceptions}, {@code gather} waits for all; failures and cancellations are entries of its list. */
public final class GatherExceptions {
  private GatherExceptions() {}

  static void example() {
    var mail = createTask(fetch("mail", 2));
    runningLoop().callLater(ofSeconds(1), mail::cancel);
    var outcomes = await(gather(List.of(fetch("home", 3), fetch("shop", 1), mail), true));
    for (var outcome : outcomes) {
      System.out.println(describe(outcome));
    }
  }

  private static Coroutine<String> fetch(String page, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      if (page.equals("shop")) {
        throw new IllegalStateException("the shop is closed");
      }
      return "<" + page + ">";
    });
  }

  private static String describe(Object outcome) {
    if (outcome instanceof CancelledException) {
      return "cancelled";
    }
    if (outcome instanceof Exception failure) {
      return "failed: " + failure.getMessage();
    }
    return outcome.toString();
  }

  public static void main(String[] args) {
    Asyncio.run(GatherExceptions::example);
  }
}
