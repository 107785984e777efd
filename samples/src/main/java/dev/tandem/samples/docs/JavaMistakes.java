package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.samples.docs.FirstSteps.fetch;
import static java.time.Duration.ofSeconds;

import dev.tandem.javaapi.Asyncio;

/** The mistakes that {@code docs/java.md} shows; a test compares what they throw with the comments in them. */
final class JavaMistakes {
  private JavaMistakes() {}

  static void awaitOutsideOfATask() {
    // region outside
    await(sleep(ofSeconds(1))); // in main, without Asyncio.run
    // IllegalStateException: await() on thread "...", which runs no task. Write
    // Asyncio.run(() -> { ... await(...) ... }) around it; or, to block this thread until the
    // future is done, join().
    // endregion
  }

  static void awaitOnAnExecutor() {
    // region on-executor
    await(toThread(() -> await(sleep(ofSeconds(1)))));
    // IllegalStateException: await() on thread "..." of an executor: code that a task hands to
    // supplyAsync, toThread, a parallel stream or an executor is no part of the task. Return what
    // it computes and await that in the task, or block for the future with join().
    // endregion
  }

  static void awaitInACallback() {
    // region in-callback
    var task = createTask(fetch("home", 1));
    await(task.thenApply(page -> await(sleep(ofSeconds(1)))));
    // IllegalStateException: await() in a callback of the loop: a callback cannot wait, since
    // everything else would wait with it. This is a function given to thenApply, whenComplete,
    // callSoon, addDoneCallback or the like. Chain with thenCompose, or start a task from the
    // callback: createTask(() -> { ... await(...) ... }).
    // endregion
  }

  static void joinInATask() {
    // region join
    var task = createTask("home", fetch("home", 1));
    task.join();
    // IllegalStateException: join() on the loop's own thread: Task(home, pending) is not done, and
    // only this thread could complete it, so the wait would never end. Write await() instead.
    // endregion
  }

  static void runInATask() {
    // region nested-run
    Asyncio.run(() -> 1); // in a task
    // IllegalStateException: run() inside a task, whose loop would stand still meanwhile. Await
    // instead: await(async(() -> { ... })).
    // endregion
  }
}
