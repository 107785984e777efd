package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;

/** An await is a call: it runs the coroutine here and now, and gives its result. */
public final class NestedAwaits {
  private NestedAwaits() {}

  static void example() {
    System.out.println("the guests arrive");
    System.out.println(await(makeTea(8)));
    System.out.println("the guests are happy");
  }

  private static Coroutine<String> makeTea(int cups) {
    return async(() -> {
      String water = await(boil(cups / 4));
      return cups + " cups of tea from " + water;
    });
  }

  private static Coroutine<String> boil(int litres) {
    return async(() -> {
      System.out.println("boiling " + litres + " l of water");
      await(sleep(ofSeconds(1)));
      return litres + " l of hot water";
    });
  }

  public static void main(String[] args) {
    Asyncio.run(NestedAwaits::example);
  }
}
