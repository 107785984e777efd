package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.samples.docs.FirstSteps.fetch;

import dev.tandem.ContextVar;
import dev.tandem.QueueShutDownException;
import dev.tandem.javaapi.Lock;
import dev.tandem.javaapi.Queue;
import java.util.List;

/** The examples of {@code docs/java.md} about what tasks share; a test checks what the comments in them say. */
final class JavaSharing {
  private JavaSharing() {}

  @SuppressWarnings("try") // nobody uses the lock that is held
  static void locks() {
    // region lock
    var lock = new Lock();
    var second = createTask(() -> {
      try (var held = await(lock.acquire())) {
        System.out.println("second");
      }
    });
    try (var held = await(lock.acquire())) {
      System.out.println("first: " + await(fetch("home", 1)));
      System.out.println("first: " + await(fetch("news", 1)));
    }
    await(second);
    // first: <home>, first: <news>, second
    // endregion
  }

  static void queues() {
    // region queue
    var names = new Queue<String>(2);
    var reader = createTask(() -> {
      try {
        while (true) {
          String name = await(names.get());
          System.out.println(await(fetch(name, 1)));
        }
      } catch (QueueShutDownException e) {
        System.out.println("that was all");
      }
    });
    for (String name : List.of("home", "news", "mail", "shop")) {
      await(names.put(name)); // waits while the queue is full
    }
    names.shutdown();
    await(reader);
    // <home>, <news>, <mail>, <shop>, that was all
    // endregion
  }

  static void contexts() {
    // region context-var
    var user = new ContextVar<String>("user");
    user.set("ada");
    var task = createTask(() -> {
      System.out.println(user.get()); // a task has a copy of its creator's context
      user.set("bob"); // and changes its own
    });
    await(task);
    System.out.println(user.get());
    // ada, ada
    // endregion
  }
}
