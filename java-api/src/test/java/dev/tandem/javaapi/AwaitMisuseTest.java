package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Awaitable;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    String message = run(() -> {
      Task<Void> task = createTask("download", () -> await(sleep(SECOND)));
      return assertThrows(IllegalStateException.class, task::join).getMessage();
    });
    assertEquals(
        "join() on the loop's own thread: Task(download, pending) is not done, and only this thread could complete it, "
            + "so the wait would never end. Write await() instead.",
        message);
  }

  @Test
  void getInACallbackWouldNeverEnd() {
    String message = run(() -> {
      Future<String> never = runningLoop().createFuture();
      Future<String> seen = runningLoop().createFuture();
      runningLoop()
          .callSoon(() -> seen.setResult(
              assertThrows(IllegalStateException.class, never::get).getMessage()));
      return await(seen);
    });
    assertEquals(
        "get() on the loop's own thread: Future(pending) is not done, and only this thread could complete it, so the "
            + "wait would never end. Write await() instead.",
        message);
  }

  @Test
  void ofACoroutineThatWasUsedBefore() {
    String message = run(() -> {
      var greeting = async("greeting", () -> "hello");
      await(greeting);
      return assertThrows(IllegalStateException.class, () -> await(greeting)).getMessage();
    });
    assertEquals(
        "Coroutine(greeting, used) was already used. A coroutine runs once: await one made anew, or await a task, "
            + "createTask(...), which keeps its result.",
        message);
  }

  @Test
  void ofAFutureOfAnotherLoop() {
    String message;
    try (var other = new Runner(new VirtualClock())) {
      Future<String> foreign = other.run(() -> runningLoop().createFuture());
      message = run(() -> {
        currentTask().setName("main");
        return assertThrows(IllegalArgumentException.class, () -> await(foreign))
            .getMessage();
      });
    }
    assertEquals(
        "Task(main, pending) awaits Future(pending), which belongs to another loop. Hand the work over with "
            + "runCoroutineThreadsafe, or let the other loop complete a future of this one.",
        message);
  }

  @Test
  void ofTheTaskItself() {
    String message = run(() -> {
      currentTask().setName("main");
      return assertThrows(IllegalStateException.class, () -> await(currentTask()))
          .getMessage();
    });
    assertEquals(
        "Task(main, pending) awaits itself: it can never be done before it goes on.", message);
  }

  @Test
  void inAFinallyBlockAfterTheLoopWasClosed() {
    var messages = new ArrayList<String>();
    EventLoop loop = EventLoopKt.newEventLoop(new VirtualClock());
    loop.runUntilComplete(async(() -> {
      createTask(() -> {
        try {
          await(sleep(SECOND));
        } finally {
          var thrown = assertThrows(IllegalStateException.class, () -> await(sleep(SECOND)));
          messages.add(thrown.getMessage());
        }
      });
      await(sleep(Duration.ZERO));
    }));
    loop.close();
    assertEquals(
        List.of(
            "await() after the loop was closed: nothing runs there any more. Code that is being ended, in a finally "
                + "block, cannot await; let the task end before the loop is closed."),
        messages);
  }

  @Test
  void createTaskWithoutALoop() {
    assertThrows(IllegalStateException.class, () -> createTask(() -> 1));
    assertThrows(IllegalStateException.class, () -> runningLoop());
  }
}
