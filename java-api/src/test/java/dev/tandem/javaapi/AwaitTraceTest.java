package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The stack trace of what an await throws: where it failed, and where each task on the way awaited it. */
class AwaitTraceTest extends OnEachCarrier {
  @Test
  void traceOfATaskThatFailsShowsWhereItFailedAndWhereItWasAwaited() {
    run(() -> {
      currentTask().setName("main");
      Task<String> parsing = createTask("parser", async(AwaitTraceTest::parse));
      var thrown = assertThrows(NumberFormatException.class, () -> readConfiguration(parsing));
      assertEquals(List.of("parse", "awaited.by(main)", "readConfiguration"), storyOf(thrown));
    });
  }

  @Test
  void traceShowsEachTaskThatTheFailureHasPassedThrough() {
    run(() -> {
      currentTask().setName("main");
      Task<String> reading = createTask(
          "reader", () -> readConfiguration(createTask("parser", async(AwaitTraceTest::parse))));
      var thrown = assertThrows(NumberFormatException.class, () -> startApplication(reading));
      assertEquals(
          List.of(
              "parse",
              "awaited.by(reader)",
              "readConfiguration",
              "awaited.by(main)",
              "startApplication"),
          storyOf(thrown));
    });
  }

  @Test
  void failureOfAFutureThatIsDoneShowsWhereItWasAwaitedToo() {
    run(() -> {
      currentTask().setName("main");
      var failed = CompletableFuture.<String>failedFuture(new IllegalStateException("broken"));
      var thrown = assertThrows(IllegalStateException.class, () -> startApplication(failed));
      assertEquals(
          List.of("awaited.by(main)", "startApplication"),
          storyOf(thrown)
              .subList(
                  storyOf(thrown).indexOf("awaited.by(main)"), storyOf(thrown).size()));
    });
  }

  @Test
  void cancellationShowsWhereTheTaskStood() {
    run(() -> {
      Task<String> sleeper = createTask("sleeper", AwaitTraceTest::rest);
      await(sleep(SECOND));
      sleeper.cancel();
      var thrown = assertThrows(CancelledException.class, () -> await(sleeper));
      assertEquals(List.of("awaited.by(sleeper)", "rest"), storyOf(thrown).subList(0, 2));
    });
  }

  @Test
  void exceptionThatIsAwaitedAgainAndAgainDoesNotGrowWithoutEnd() {
    run(() -> {
      Task<String> parsing = createTask(async(AwaitTraceTest::parse));
      int frames = 0;
      for (int i = 0; i < 1000; i++) {
        frames =
            assertThrows(NumberFormatException.class, () -> await(parsing)).getStackTrace().length;
      }
      int limit = frames;
      var thrown = assertThrows(NumberFormatException.class, () -> await(parsing));
      assertEquals(limit, thrown.getStackTrace().length);
    });
  }

  private static String parse() {
    await(sleep(SECOND));
    throw new NumberFormatException("port: \"http\"");
  }

  private static String rest() {
    await(sleep(SECOND.multipliedBy(2)));
    return "rested";
  }

  private static String readConfiguration(Task<String> parsing) {
    return await(parsing);
  }

  private static String startApplication(CompletableFuture<String> configuration) {
    return await(configuration);
  }

  /** Returns the frames of this test's own methods, by name, and what says which task awaited. */
  private static List<String> storyOf(Throwable thrown) {
    var story = new ArrayList<String>();
    for (StackTraceElement frame : thrown.getStackTrace()) {
      if (frame.getClassName().equals("awaited")) {
        story.add(frame.toString());
      } else if (frame.getClassName().equals(AwaitTraceTest.class.getName())
          && !frame.getMethodName().contains("$")) {
        story.add(frame.getMethodName());
      }
    }
    return story;
  }
}
