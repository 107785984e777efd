package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Context;
import dev.tandem.ContextVar;
import dev.tandem.Coroutine;
import dev.tandem.EventLoop;
import dev.tandem.Task;
import dev.tandem.TaskFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop as Java code uses it: its times are those of {@code java.time}. */
class EventLoopTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void timePassesAsTheClockSays() {
    run(() -> {
      assertEquals(Duration.ZERO, runningLoop().time());
      await(sleep(Duration.ofMillis(1500)));
      assertEquals(Duration.ofMillis(1500), runningLoop().time());
    });
  }

  @Test
  void callsAreMadeInTheOrderOfTheirTimes() {
    run(() -> {
      var loop = runningLoop();
      loop.callLater(seconds(2), () -> log.add("later"));
      loop.callAt(loop.time().plusSeconds(1), () -> log.add("at"));
      loop.callLater(seconds(-1), () -> log.add("soon"));
      await(sleep(seconds(3)));
    });
    assertEquals(List.of("soon", "at", "later"), log);
  }

  @Test
  void timerThatIsCancelledDoesNotCall() {
    run(() -> {
      var timer = runningLoop().callLater(SECOND, () -> log.add("called"));
      timer.cancel();
      await(sleep(seconds(2)));
    });
    assertEquals(List.of(), log);
  }

  @Test
  void callRunsInTheContextItIsGiven() {
    var user = new ContextVar<String>("user", "nobody");
    run(() -> {
      user.set("ada");
      var loop = runningLoop();
      loop.callLater(SECOND, () -> log.add(user.get()));
      loop.callLater(SECOND, new Context(), () -> log.add(user.get()));
      loop.callAt(SECOND, new Context(), () -> log.add(user.get()));
      await(sleep(seconds(2)));
    });
    assertEquals(List.of("ada", "nobody", "nobody"), log);
  }

  @Test
  void delayThatIsMissingIsNoticedAtTheCall() {
    run(() ->
        assertThrows(NullPointerException.class, () -> runningLoop().callLater(null, () -> {})));
  }

  @Test
  void slowCallbackDurationIsAJavaDuration() {
    run(() -> {
      var loop = runningLoop();
      assertEquals(Duration.ofMillis(100), loop.getSlowCallbackDuration());
      loop.setSlowCallbackDuration(Duration.ofSeconds(5));
      assertEquals(Duration.ofSeconds(5), loop.getSlowCallbackDuration());
    });
  }

  @Test
  void taskFactoryOfJavaMakesEveryTaskStartEagerly() {
    run(() -> {
      runningLoop().setTaskFactory(new EagerTaskFactory());
      createTask("eager", () -> log.add("first step"));
      createTask("lazy", null, false, async(() -> log.add("next pass")));
      log.add("creator");
      await(sleep(seconds(0)));
    });
    assertEquals(List.of("first step", "creator", "next pass"), log);
  }

  private static final class EagerTaskFactory implements TaskFactory {
    @Override
    public <T> Task<T> createTask(
        EventLoop loop, Coroutine<T> coroutine, String name, Context context, Boolean eagerStart) {
      return new Task<>(loop, coroutine, name, context, eagerStart == null || eagerStart);
    }
  }
}
