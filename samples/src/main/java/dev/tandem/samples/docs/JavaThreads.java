package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runInExecutor;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.samples.docs.FirstSteps.fetch;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;

import dev.tandem.Future;
import dev.tandem.javaapi.Asyncio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** The examples of {@code docs/java.md} about threads and futures; a test checks what the comments in them say. */
final class JavaThreads {
  private JavaThreads() {}

  static void blockingWork() {
    // region to-thread
    try {
      var text = await(toThread(() -> Files.readString(Path.of("missing"))), IOException.class);
      System.out.println(text);
    } catch (IOException e) {
      System.out.println("cannot read " + e.getMessage());
    }
    // cannot read missing
    // endregion
  }

  static void executors() {
    // region executor
    var pool = Executors.newFixedThreadPool(2);
    System.out.println(await(runInExecutor(pool, () -> 6 * 7)));
    pool.shutdown();
    // 42
    // endregion
  }

  static void fromOtherThreads() {
    // region from-elsewhere
    var loop = runningLoop();
    Future<String> letter = loop.createFuture();
    new Thread(() -> loop.callSoonThreadsafe(() -> letter.setResult("dear loop"))).start();
    System.out.println(await(letter));
    // dear loop
    // endregion
  }

  static void stages() {
    // region stage
    CompletableFuture<String> stage = CompletableFuture.supplyAsync(() -> "from a pool");
    System.out.println(await(stage));
    // from a pool
    // endregion
  }

  static void composition() {
    // region compose
    var home = createTask(fetch("home", 2));
    var news = createTask(fetch("news", 1));
    CompletableFuture<Integer> length =
        home.thenCombine(news, String::concat).thenApply(String::length);
    System.out.println(await(length));
    // 12
    // endregion
  }

  static void cancelledFromElsewhere() {
    // region cancel-elsewhere
    var task = createTask(() -> {
      try {
        await(sleep(ofHours(1)));
      } finally {
        System.out.println("stopped");
      }
    });
    await(toThread(() -> task.completeExceptionally(new IOException("nobody needs it"))));
    try {
      await(task, IOException.class);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
    // stopped, nobody needs it
    // endregion
  }

  static void background() {
    // region background
    try (var background = Asyncio.start()) {
      CompletableFuture<String> home = background.createTask(fetch("home", 1));
      CompletableFuture<Void> news = background.createTask(() -> {
        System.out.println(await(fetch("news", 2)));
      });
      System.out.println(home.join()); // this thread may block: no loop runs on it
      background.close(ofSeconds(5)); // gives the rest five seconds to end, then cancels it
    }
    // <home>, <news>
    // endregion
  }
}
