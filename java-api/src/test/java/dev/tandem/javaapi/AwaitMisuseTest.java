package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Awaitable;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is said to code that awaits where it cannot. */
class AwaitMisuseTest extends OnEachCarrier {
  @Test
  void onAnOrdinaryThread() {
    var thrown = assertThrows(IllegalStateException.class, () -> await(sleep(SECOND)));
    assertEquals(
        "await() on thread \"main\", which runs no task. Write Asyncio.run(() -> { ... await(...) ... }) around it; "
            + "or, to block this thread until the future is done, join().",
        thrown.getMessage());
  }

  @Test
  void onAThreadOfAnExecutorThatATaskHasHandedWorkTo() {
    String message = run(() -> {
      var done = createTask(() -> 1);
      return await(CompletableFuture.supplyAsync(() -> {
        Thread.currentThread().setName("pool");
        return assertThrows(IllegalStateException.class, () -> await(done)).getMessage();
      }));
    });
    assertEquals(
        "await() on thread \"pool\" of an executor: code that a task hands to supplyAsync, toThread, a parallel "
            + "stream or an executor is no part of the task. Return what it computes and await that in the task, or "
            + "block for the future with join().",
        message);
  }

  @Test
  void inACallbackOfTheLoop() {
    String message = run(() -> {
      var task = createTask(() -> await(sleep(SECOND)));
      return await(task.thenApply(nothing ->
          assertThrows(IllegalStateException.class, () -> await(sleep(SECOND))).getMessage()));
    });
    assertEquals(
        "await() in a callback of the loop: a callback cannot wait, since everything else would wait with it. This is "
            + "a function given to thenApply, whenComplete, callSoon, addDoneCallback or the like. Chain with "
            + "thenCompose, or start a task from the callback: createTask(() -> { ... await(...) ... }).",
        message);
  }

  @Test
  void inAFunctionThatAKotlinCoroutineCalls() {
    var messages = new ArrayList<String>();
    run(() -> await(createTask(
        "caller",
        KotlinFrames.calling(() ->
            messages.add(assertThrows(IllegalStateException.class, () -> await(sleep(SECOND)))
                .getMessage())))));
    assertEquals(
        "await() in Task(caller, pending), called by a Kotlin coroutine as an ordinary function, which cannot suspend. "
            + "Make the Java code a coroutine, async(() -> { ... await(...) ... }), and let the Kotlin code await "
            + "that.",
        messages.get(0));
  }

  @Test
  void ofAJavaCoroutineThatKotlinMovedToAnotherDispatcher() {
    String message = run(() -> assertThrows(
            IllegalStateException.class,
            () -> await(KotlinFrames.onOtherDispatcher(async("moved", () -> 1))))
        .getMessage());
    assertEquals(
        "The Java coroutine moved was started on thread \"\", where no loop runs. A coroutine that was moved to another "
            + "dispatcher, withContext(Dispatchers.IO), has left its loop: await it outside of that block.",
        message.replaceFirst("thread \".*\",", "thread \"\","));
  }

  @Test
  void ofNull() {
    var thrown =
        assertThrows(NullPointerException.class, () -> run(() -> await((Awaitable<String>) null)));
    assertEquals(
        "await(null): there is nothing to wait for. A function that should return a future or a coroutine returned "
            + "null; let it return one that is done, or the value itself.",
        thrown.getMessage());
  }

  @Test
  void ofANullStage() {
    assertThrows(
        NullPointerException.class, () -> run(() -> await((CompletionStage<String>) null)));
  }

  @Test
  void joinInATaskWouldNeverEnd() {
    var thrown = run(() -> {
      var task = createTask(() -> await(sleep(SECOND)));
      return assertThrows(IllegalStateException.class, task::join);
    });
    assertEquals(true, thrown.getMessage().contains("await() instead"), thrown::getMessage);
  }

  @Test
  void createTaskWithoutALoop() {
    assertThrows(IllegalStateException.class, () -> createTask(() -> 1));
    assertThrows(IllegalStateException.class, () -> runningLoop());
  }
}
