package dev.tandem.samples.docs;

// region first
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;

public final class FirstSteps {
  static Coroutine<String> fetch(String page, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds))); // the server takes its time
      return "<" + page + ">";
    });
  }

  public static void main(String[] args) {
    String page = Asyncio.run(() -> await(fetch("home", 1)));
    System.out.println(page);
  }
}
// <home>
// endregion
