package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EventTest extends OnEachCarrier {
  private final Event event = new Event();
  private final List<String> log = new ArrayList<>();

  @Test
  void wakesAllThatWaitInTheOrderInWhichTheyCame() {
    run(() -> {
      var waiters = List.of(waiting("a"), waiting("b"), waiting("c"));
      await(sleep(SECOND));
      event.set();
      await(gather(waiters));
    });
    assertEquals(List.of("a at 1.0", "b at 1.0", "c at 1.0"), log);
  }

  @Test
  void letsEverybodyPassWithoutGivingUpTheTurnOnceItIsSet() {
    run(() -> {
      runningLoop().callSoon(() -> log.add("other"));
      event.set();
      Void nothing = await(event.await());
      assertNull(nothing);
      assertEquals(List.of(), log);
    });
  }

  @Test
  void clearedBeforeItsWaitersRunReleasesThemAllTheSame() {
    run(() -> {
      var waiter = waiting("waiter");
      await(sleep(SECOND));
      event.set();
      event.clear();
      await(waiter);
      log.add("set " + event.isSet());
    });
    assertEquals(List.of("waiter at 1.0", "set false"), log);
  }

  @Test
  void clearedMakesTheNextOnesWait() {
    run(() -> {
      event.set();
      event.clear();
      assertThrows(TimeoutException.class, () -> await(waitFor(event.await(), SECOND)));
    });
  }

  @Test
  void waiterThatIsCancelledLeavesTheOthersWaiting() {
    run(() -> {
      var first = waiting("first");
      var second = waiting("second");
      await(sleep(SECOND));
      first.cancel();
      assertThrows(CancelledException.class, () -> await(first));
      assertEquals("Event(not set, 1 waiting)", event.toString());
      event.set();
      await(second);
    });
    assertEquals(List.of("second at 1.0"), log);
  }

  @Test
  void setInKotlinOrJavaWakesTasksOfBothLanguages() {
    run(() -> {
      var kotlin = createTask(KotlinPeers.waitingFor(event.asKotlin(), log));
      var java = waiting("java");
      var other = new Event(event.asKotlin());
      await(sleep(SECOND));
      other.set();
      await(gather(List.of(kotlin, java)));
    });
    assertEquals(List.of("kotlin goes on at 1.0", "java at 1.0"), log);
  }

  @Test
  void anotherThreadSetsItThroughTheLoop() {
    run(() -> {
      var loop = runningLoop();
      var waiter = waiting("waiter");
      await(CompletableFuture.runAsync(() -> loop.callSoonThreadsafe(event::set)));
      await(waiter);
    });
    assertEquals(List.of("waiter at 0.0"), log);
  }

  @Test
  void eachWaitNeedsACoroutineOfItsOwn() {
    run(() -> {
      event.set();
      var wait = event.await();
      await(wait);
      var error = assertThrows(IllegalStateException.class, () -> await(wait));
      assertTrue(error.getMessage().startsWith("Coroutine(Event.await, used) was already used."));
    });
  }

  private Task<Void> waiting(String name) {
    return createTask(name, () -> {
      await(event.await());
      log.add(name + " at " + KotlinFrames.time());
    });
  }
}
