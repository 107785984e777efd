package dev.tandem.javaapi.internal;

import dev.tandem.Task;
import dev.tandem.internal.SingleThreadLoop;
import java.util.Set;

/** What is said to code that awaits where it cannot: what happened, the likely cause, what to write instead. */
final class Misuse {
  /** Classes at the bottom of the stack of code that was handed to an executor. */
  private static final Set<String> EXECUTOR_FRAMES = Set.of(
      "java.util.concurrent.CompletableFuture$AsyncRun",
      "java.util.concurrent.CompletableFuture$AsyncSupply",
      "java.util.concurrent.ForkJoinWorkerThread",
      "java.util.concurrent.FutureTask",
      "java.util.concurrent.ThreadPoolExecutor$Worker");

  private Misuse() {}

  static NullPointerException awaitOfNull() {
    return new NullPointerException(
        "await(null): there is nothing to wait for. A function that should return a future or a coroutine returned "
            + "null; let it return one that is done, or the value itself.");
  }

  /** {@code call} is what runs on this thread without having the turn, or null. */
  static IllegalStateException awaitWithoutTask(JavaCall call) {
    if (call != null) {
      return new IllegalStateException(
          "await() after the loop was closed: nothing runs there any more. Code that is being ended, in a finally "
              + "block, cannot await; let the task end before the loop is closed.");
    }
    SingleThreadLoop loop = SingleThreadLoop.Companion.runningOrNull();
    return loop != null ? awaitOnLoopThread(loop.currentTask) : awaitElsewhere();
  }

  /** When the task goes on, it would be in its own context again. */
  static IllegalStateException awaitInContext(Task<?> task) {
    return new IllegalStateException("await() in "
        + task
        + ", inside of Context.run(): what runs there, runs at once and to its end. Give the context to a task and await "
        + "that: await(createTask(null, context, false, async(() -> { ... await(...) ... }))).");
  }

  /** Mounted carriers only. */
  static IllegalStateException pinned() {
    return new IllegalStateException("await() on thread \""
        + Thread.currentThread().getName()
        + "\", which is pinned: it is inside a static initialiser or a call from native code, and a virtual thread "
        + "cannot be put aside there. Await outside of it, say in a method that the initialiser's user calls; or run "
        + "with -D"
        + CarrierKind.PROPERTY
        + "=platform, whose threads may wait anywhere.");
  }

  static IllegalStateException bodyWithoutLoop(String name) {
    return new IllegalStateException("The Java coroutine "
        + (name == null ? "(unnamed)" : name)
        + " was started on thread \""
        + Thread.currentThread().getName()
        + "\", where no loop runs. A coroutine that was moved to another dispatcher, withContext(Dispatchers.IO), "
        + "has left its loop: await it outside of that block.");
  }

  private static IllegalStateException awaitOnLoopThread(Task<?> task) {
    if (task == null) {
      return new IllegalStateException(
          "await() in a callback of the loop: a callback cannot wait, since everything else would wait with it. This "
              + "is a function given to thenApply, whenComplete, callSoon, addDoneCallback or the like. Chain with "
              + "thenCompose, or start a task from the callback: createTask(() -> { ... await(...) ... }).");
    }
    return new IllegalStateException("await() in "
        + task
        + ", called by a Kotlin coroutine as an ordinary function, which cannot suspend. Make the Java code a "
        + "coroutine, async(() -> { ... await(...) ... }), and let the Kotlin code await that.");
  }

  private static IllegalStateException awaitElsewhere() {
    String await = "await() on thread \"" + Thread.currentThread().getName() + "\"";
    if (isOnExecutor()) {
      return new IllegalStateException(await
          + " of an executor: code that a task hands to supplyAsync, toThread, a parallel stream or an executor is "
          + "no part of the task. Return what it computes and await that in the task, or block for the future "
          + "with join().");
    }
    return new IllegalStateException(await
        + ", which runs no task. Write Asyncio.run(() -> { ... await(...) ... }) around it; or, to block this "
        + "thread until the future is done, join().");
  }

  private static boolean isOnExecutor() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> EXECUTOR_FRAMES.contains(frame.getClassName())));
  }
}
