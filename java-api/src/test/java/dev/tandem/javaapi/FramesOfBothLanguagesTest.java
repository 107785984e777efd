package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Java awaits Kotlin, which awaits Java, and so on: one task, one context, one line of frames. */
class FramesOfBothLanguagesTest extends OnEachCarrier {
  @Test
  void valueComesThroughAllFrames() {
    var nest = new Nest(true, 0);
    String result = run(() -> await(nest.around(async(() -> "core"))));
    assertEquals("java1(kotlin2(java3(kotlin4(core))))", result);
  }

  @Test
  void valueComesThroughAllFramesWithKotlinOutermost() {
    var nest = new Nest(false, 0);
    String result = run(() -> await(nest.around(async(() -> "core"))));
    assertEquals("kotlin1(java2(kotlin3(java4(core))))", result);
  }

  @Test
  void eachLevelSuspendsForItsOwnTime() {
    double ended = run(() -> {
      await(new Nest(true, 0).around(async(() -> "core")));
      return KotlinFrames.time();
    });
    assertEquals(8.0, ended);
  }

  @Test
  void frameAwaitedInTheSameTaskIsNoTaskOfItsOwn() {
    int tasks = run(() ->
            await(new Nest(true, 0).around(async(() -> "" + Asyncio.allTasks().size()))))
        .length();
    assertEquals("java1(kotlin2(java3(kotlin4(1))))".length(), tasks);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, java1 cancelled",
    "1.5, kotlin2 cancelled; java1 cancelled",
    "2.5, java3 cancelled; kotlin2 cancelled; java1 cancelled",
    "3.5, kotlin4 cancelled; java3 cancelled; kotlin2 cancelled; java1 cancelled",
    "4.5, kotlin4 cancelled; java3 cancelled; kotlin2 cancelled; java1 cancelled",
    "5.5, java3 cancelled; kotlin2 cancelled; java1 cancelled",
    "6.5, kotlin2 cancelled; java1 cancelled",
    "7.5, java1 cancelled",
  })
  void cancellationPassesEveryFrameFromTheInnermost(double time, String expected) {
    var nest = new Nest(true, 0);
    boolean cancelled = run(() -> isCancelledAt(time, nest.around(async(() -> "core"))));
    assertEquals(expected, String.join("; ", nest.log));
    assertTrue(cancelled);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, kotlin1 cancelled",
    "1.5, java2 cancelled; kotlin1 cancelled",
    "2.5, kotlin3 cancelled; java2 cancelled; kotlin1 cancelled",
    "3.5, java4 cancelled; kotlin3 cancelled; java2 cancelled; kotlin1 cancelled",
    "4.5, java4 cancelled; kotlin3 cancelled; java2 cancelled; kotlin1 cancelled",
    "5.5, kotlin3 cancelled; java2 cancelled; kotlin1 cancelled",
    "6.5, java2 cancelled; kotlin1 cancelled",
    "7.5, kotlin1 cancelled",
  })
  void cancellationPassesEveryFrameWithKotlinOutermost(double time, String expected) {
    var nest = new Nest(false, 0);
    boolean cancelled = run(() -> isCancelledAt(time, nest.around(async(() -> "core"))));
    assertEquals(expected, String.join("; ", nest.log));
    assertTrue(cancelled);
  }

  @ParameterizedTest
  @CsvSource({
    "1, java1 caught",
    "2, java1(kotlin2 caught)",
    "3, java1(kotlin2(java3 caught))",
    "4, java1(kotlin2(java3(kotlin4 caught)))",
  })
  void framesAboveOneThatCatchesTheCancellationGoOn(int catchingLevel, String expected) {
    var nest = new Nest(true, catchingLevel);
    String result = run(() -> {
      var task = createTask(nest.around(async(() -> "core")));
      await(sleep(seconds(3.5)));
      task.cancel();
      return await(task);
    });
    assertEquals(expected, result);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void exceptionPassesEveryFrameAsItIs(boolean javaIsOutermost) {
    var nest = new Nest(javaIsOutermost, 0);
    var failure = new IOException("from the core");
    Coroutine<String> core = async(() -> {
      await(sleep(SECOND));
      throw failure;
    });
    assertSame(failure, assertThrows(IOException.class, () -> run(() -> await(nest.around(core)))));
    assertEquals(4, nest.log.size());
  }

  @Test
  void exceptionBeforeAnySuspensionPassesAsItIs() {
    var failure = new IOException("at once");
    Coroutine<String> core = async(() -> {
      throw failure;
    });
    var thrown = assertThrows(
        IOException.class, () -> run(() -> await(KotlinFrames.awaiting(async(() -> await(core))))));
    assertSame(failure, thrown);
  }

  @Test
  void javaCoroutineInsideKotlinxScopeRunsAndScopeWaitsForItsChildren() {
    String result = run(() -> {
      Coroutine<String> inner = async(() -> {
        await(sleep(SECOND));
        return "inner";
      });
      return await(KotlinFrames.inScope(inner)) + " at " + KotlinFrames.time();
    });
    assertEquals("inner at 10.0", result);
  }

  @Test
  void cancellationReachesJavaCoroutineInsideKotlinxScopeOnce() {
    var log = new ArrayList<String>();
    run(() -> {
      var task = createTask(KotlinFrames.inScope(async(() -> {
        try {
          await(sleep(seconds(5)));
        } catch (CancelledException e) {
          log.add("inner cancelled");
          throw e;
        }
      })));
      await(sleep(SECOND));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
      log.add("outer cancelled at " + KotlinFrames.time());
    });
    assertEquals(List.of("inner cancelled", "outer cancelled at 1.0"), log);
  }

  @Test
  void childThatStartsOnItsParentsStackDoesNotHoldItsParentUp() {
    String result = run(() -> {
      var gate = new CompletableFuture<Unit>();
      Coroutine<String> inner = async(() -> {
        await(gate);
        return "went on";
      });
      return await(KotlinFrames.inUndispatchedChild(inner, gate));
    });
    assertEquals("went on", result);
  }

  @Test
  void taskThatStartsEagerlyDoesNotHoldItsCreatorUp() {
    var log = new ArrayList<String>();
    run(() -> {
      var gate = runningLoop().<String>createFuture();
      Task<Void> eager = runningLoop()
          .createTask(
              async(() -> {
                log.add("eager in " + Asyncio.currentTask().getName());
                log.add(await(gate));
              }),
              "eager",
              null,
              true);
      log.add("creator");
      gate.setResult("gate open");
      await(eager);
    });
    assertEquals(List.of("eager in eager", "creator", "gate open"), log);
  }

  @Test
  void javaGoesOnAfterKotlinWasOnAnotherDispatcher() {
    String result = run(() ->
        await(KotlinFrames.afterOtherDispatcher(async(() -> await(sleep(SECOND)) + "!"))));
    assertEquals("null!", result);
  }

  @Test
  void coroutineThatResumesBeforeItSuspendsIsNotWaitedFor() {
    assertEquals("early", run(() -> await(KotlinFrames.resumingEarly())));
  }

  @Test
  void coroutineThatResumesOnAThreadOfItsOwnComesBackToTheTask() {
    String result = run(() -> {
      var main = Asyncio.currentTask();
      String value = await(KotlinFrames.resumingElsewhere());
      assertSame(main, Asyncio.currentTask());
      return value;
    });
    assertEquals("elsewhere", result);
  }

  @Test
  void javaTaskRunsOnKotlinsLoopToo() {
    String result = KotlinFrames.runOnThisThread(async(() -> {
      var task = createTask(() -> await(sleep(seconds(0.001))) + "");
      return await(task);
    }));
    assertEquals("null", result);
  }

  private static boolean isCancelledAt(double time, Coroutine<String> coroutine) {
    var task = createTask(coroutine);
    await(sleep(seconds(time)));
    task.cancel();
    assertThrows(CancelledException.class, () -> await(task));
    assertEquals(time, KotlinFrames.time());
    return task.cancelled();
  }
}
