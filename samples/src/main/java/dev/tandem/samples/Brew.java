package dev.tandem.samples;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;
import java.time.Duration;

/** The program of the README, as brew.py and Brew.kt have it. */
public final class Brew {
  private Brew() {}

  // region brew
  static Coroutine<String> brew(int seconds) {
    return async(() -> {
      await(sleep(Duration.ofSeconds(seconds)));
      return "ready after " + seconds + " s";
    });
  }

  public static void main(String[] args) {
    Asyncio.run(() -> {
      var tea = createTask(brew(2));
      System.out.println("coffee " + await(brew(1)));
      System.out.println("tea " + await(tea));
    });
  }
  // endregion
}
