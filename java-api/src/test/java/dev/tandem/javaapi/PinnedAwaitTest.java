package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tandem.CancelledException;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.javaapi.internal.CarrierKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An await where a virtual thread cannot be put aside, as in a static initialiser. A mounted thread would block the loop
 * there for good; a platform thread waits there as anywhere. So does a virtual one that is no mounted one, but it keeps
 * one of the few threads busy on which the JDK runs them.
 */
class PinnedAwaitTest extends OnEachCarrier {
  private static final String MESSAGE =
      "await() on thread \"task\", which is pinned: it is inside a static initialiser or a call from native code, and a "
          + "virtual thread cannot be put aside there. Await outside of it, say in a method that the initialiser's user "
          + "calls; or run with -Dtandem.carrier=platform, whose threads may wait anywhere.";

  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void assumeThatOneThreadIsLeftForTheLoop() {
    assumeTrue(kind != CarrierKind.VIRTUAL || Runtime.getRuntime().availableProcessors() > 1);
  }

  @Test
  void isAnErrorOnMountedThreadsAndTheTaskGoesOn() {
    run(() -> await(createTask("task", () -> {
      StaticInitialiser.run(() -> outcome(() -> await(sleep(SECOND))));
      await(sleep(SECOND));
      log.add("goes on at " + KotlinFrames.time());
    })));
    assertEquals(
        kind == CarrierKind.MOUNTED
            ? List.of(MESSAGE, "goes on at 1.0")
            : List.of("waited", "goes on at 2.0"),
        log);
  }

  @Test
  void ofWhatIsDoneWorksOnEveryThread() {
    run(() -> {
      Future<String> done = runningLoop().createFuture();
      done.setResult("result");
      StaticInitialiser.run(() -> {
        log.add(await(done));
        log.add(await(async(() -> "coroutine that does not wait")));
      });
    });
    assertEquals(List.of("result", "coroutine that does not wait"), log);
  }

  @Test
  void errorPassesTheKotlinFramesThatWouldHaveWaited() {
    run(() -> await(createTask("task", () -> {
      Future<String> unused = runningLoop().createFuture();
      unused.setResult("inner");
      var level = KotlinFrames.level("kotlin", unused, log, Nest.OnCancel.RETHROW);
      StaticInitialiser.run(() -> outcome(() -> log.add(await(level))));
    })));
    assertEquals(
        kind == CarrierKind.MOUNTED
            ? List.of("kotlin failed", MESSAGE)
            : List.of("kotlin(inner)", "waited"),
        log);
  }

  @Test
  void errorIsTheOutcomeOfATaskThatIsStartedEagerly() {
    run(() -> await(createTask("task", () -> {
      var started = new ArrayList<Task<Void>>();
      StaticInitialiser.run(() ->
          started.add(createTask("eager", null, true, async(() -> await(sleep(SECOND))))));
      await(sleep(SECOND));
      outcome(() -> await(started.get(0)));
    })));
    assertEquals(List.of(kind == CarrierKind.MOUNTED ? MESSAGE : "waited"), log);
  }

  @Test
  void cancellationPassesAStaticInitialiserThatWaits() {
    run(() -> {
      Task<Void> task = createTask("task", () -> StaticInitialiser.run(() -> await(sleep(SECOND))));
      await(sleep(seconds(0.5)));
      task.cancel();
      Class<? extends Exception> expected =
          kind == CarrierKind.MOUNTED ? IllegalStateException.class : CancelledException.class;
      assertThrows(expected, () -> await(task));
    });
  }

  private void outcome(VoidCallable body) throws Exception {
    try {
      body.call();
      log.add("waited");
    } catch (IllegalStateException e) {
      log.add(e.getMessage());
    }
  }
}
