package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AwaitTest extends OnEachCarrier {
  @Test
  void coroutineRunsInTheAwaitingTaskAndOnItsThread() {
    run(() -> {
      var task = currentTask();
      var thread = Thread.currentThread();
      await(async(() -> {
        assertSame(task, currentTask());
        assertSame(thread, Thread.currentThread());
      }));
    });
  }

  @Test
  void futureThatIsDoneIsAnsweredWithoutATurnForOthers() {
    var log = new ArrayList<String>();
    run(() -> {
      var done = runningLoop().<String>createFuture();
      done.setResult("result");
      createTask(() -> log.add("other task"));
      log.add(await(done));
      log.add("main goes on");
    });
    assertEquals(List.of("result", "main goes on"), log.subList(0, 2));
  }

  @Test
  void stageThatAnotherThreadCompletesIsWaitedFor() {
    CompletionStage<String> stage = CompletableFuture.supplyAsync(() -> "from the pool");
    assertEquals("from the pool", run(() -> await(stage)));
  }

  @Test
  void exceptionOfAStageComesWithoutAWrapper() {
    var failure = new IOException("from the pool");
    CompletionStage<String> stage = CompletableFuture.failedFuture(failure);
    CompletionStage<Integer> dependent = stage.thenApply(String::length);
    var thrown = assertThrows(IOException.class, () -> run(() -> await(dependent)));
    assertSame(failure, thrown);
  }

  @Test
  void checkedExceptionOfATaskIsDeclaredAndCaught() {
    String result = run(() -> {
      var task = createTask(() -> {
        await(sleep(SECOND));
        throw new FileNotFoundException("no.txt");
      });
      try {
        await(task, IOException.class);
        return "found";
      } catch (IOException e) {
        return "not found: " + e.getMessage();
      }
    });
    assertEquals("not found: no.txt", result);
  }

  @Test
  void checkedExceptionOfACoroutineIsDeclaredAndCaught() {
    Coroutine<String> failing = async(() -> {
      throw new IOException("broken");
    });
    assertEquals("broken", run(() -> messageOfIoException(failing)));
  }

  @Test
  void everyWaiterOfAFailedTaskGetsTheSameException() {
    run(() -> {
      var failure = new IOException("shared");
      var task = createTask(() -> {
        throw failure;
      });
      assertSame(failure, assertThrows(IOException.class, () -> await(task)));
      assertSame(failure, assertThrows(IOException.class, () -> await(task)));
    });
  }

  @Test
  void coroutineIsUsedOnce() {
    run(() -> {
      var coroutine = async("once", () -> 1);
      assertEquals(1, await(coroutine));
      var thrown = assertThrows(IllegalStateException.class, () -> await(coroutine));
      assertTrue(thrown.getMessage().contains("already used"), thrown::getMessage);
    });
  }

  @Test
  void sleepHasNoResult() {
    Void nothing = run(() -> await(sleep(SECOND)));
    assertNull(nothing);
  }

  @Test
  void errorThatIsNoExceptionComesThroughAsItIs() {
    var failure = new AssertionError("not an Exception");
    var thrown = assertThrows(
        AssertionError.class,
        () -> run(() -> {
          await(createTask(() -> {
            throw failure;
          }));
        }));
    assertSame(failure, thrown);
  }

  @Test
  void interruptFlagOfTheCodeSurvivesTheWait() {
    boolean interrupted = run(() -> {
      Thread.currentThread().interrupt();
      await(sleep(SECOND));
      return Thread.interrupted();
    });
    assertTrue(interrupted);
  }

  @Test
  void interruptOfWaitingCodeIsSeenWhenItGoesOn() {
    boolean interrupted = run(() -> {
      var threads = new ArrayList<Thread>();
      var task = createTask(() -> {
        threads.add(Thread.currentThread());
        await(sleep(seconds(2)));
        return Thread.interrupted();
      });
      await(sleep(SECOND));
      threads.get(0).interrupt();
      return await(task);
    });
    assertTrue(interrupted);
  }

  @Test
  void codeThatIsStillWaitingWhenItsLoopIsClosedIsUnwound() {
    var log = new ArrayList<String>();
    run(() -> {
      KotlinFrames.launchOnLoop(async(() -> {
        try {
          await(runningLoop().createFuture());
        } finally {
          log.add("unwound");
          log.add(assertThrows(IllegalStateException.class, () -> await(sleep(SECOND)))
              .getMessage());
        }
      }));
      await(sleep(SECOND));
    });
    assertEquals(
        List.of(
            "unwound",
            "await() after the loop was closed: nothing runs there any more. Code that is being ended, in a finally "
                + "block, cannot await; let the task end before the loop is closed."),
        log);
  }

  private static String messageOfIoException(Coroutine<String> coroutine) {
    try {
      return await(coroutine, IOException.class);
    } catch (CancelledException e) {
      throw e;
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
