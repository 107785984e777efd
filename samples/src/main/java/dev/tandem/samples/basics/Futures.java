package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.InvalidStateException;
import dev.tandem.javaapi.Asyncio;

/** A future is completed by hand, once; whoever awaits it goes on with its result. */
public final class Futures {
  private Futures() {}

  static void example() {
    var loop = runningLoop();
    Future<String> door = loop.createFuture();
    var guests = gather(guest("ada", door), guest("bob", door));
    await(sleep(ofSeconds(1)));
    System.out.println(door.done() ? "the door is open" : "the door is closed");
    door.setResult("the golden key");
    System.out.println(door.done() ? "the door is open" : "the door is closed");
    await(guests);

    try {
      door.setResult("another key");
    } catch (InvalidStateException e) {
      System.out.println("it cannot be opened twice");
    }

    Future<String> trap = loop.createFuture();
    loop.callLater(ofSeconds(1), () -> trap.setException(new IllegalStateException("snap")));
    try {
      await(trap);
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }

  private static Coroutine<Void> guest(String name, Future<String> door) {
    return async(() -> {
      System.out.println(name + " waits");
      String key = await(door);
      System.out.println(name + " enters with " + key);
    });
  }

  public static void main(String[] args) {
    Asyncio.run(Futures::example);
  }
}
