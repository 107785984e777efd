package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.DoneCallback;
import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;

/** A callback runs when a task is done, in a turn of its own, never inside somebody else's code. */
public final class Callbacks {
  private Callbacks() {}

  static void example() {
    DoneCallback<String> ring = task -> System.out.println("ring: " + task.result());
    DoneCallback<String> bark =
        task -> System.out.println("bark: " + ((Task<?>) task).getName() + " is done");

    var books = createTask("books", deliver("books"));
    books.addDoneCallback(ring);
    books.addDoneCallback(bark);
    System.out.println("awaited: " + await(books));

    books.addDoneCallback(ring); // it is done already
    System.out.println("the callback waits for its turn");
    await(sleep(ZERO));

    var shoes = createTask("shoes", deliver("shoes"));
    shoes.addDoneCallback(ring);
    shoes.addDoneCallback(bark);
    System.out.println("removed: " + shoes.removeDoneCallback(bark));
    await(shoes);
  }

  private static Coroutine<String> deliver(String parcel) {
    return async(() -> {
      await(sleep(ofSeconds(1)));
      return parcel + " at the door";
    });
  }

  public static void main(String[] args) {
    Asyncio.run(Callbacks::example);
  }
}
