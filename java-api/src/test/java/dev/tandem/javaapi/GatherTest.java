package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.Awaitable;
import dev.tandem.CancelledException;
import dev.tandem.ContextVar;
import dev.tandem.Coroutine;
import dev.tandem.Future;
import dev.tandem.TimeoutException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GatherTest extends OnEachCarrier {
  record Page(String user, int orders) {}

  record Row(String a, int b, double c, boolean d, char e) {}

  private final List<String> log = new ArrayList<>();

  @Test
  void givesTheResultsInTheOrderGiven() {
    List<String> results =
        run(() -> await(gather(after(3, "a"), after(1, "b"), createTask(after(2, "c")))));
    assertEquals(List.of("a", "b", "c"), results);
  }

  @Test
  void collectionMixesTypesOfAwaitables() {
    List<Number> results = run(() -> {
      Coroutine<Integer> one = async(() -> 1);
      Coroutine<Double> half = async(() -> 0.5);
      return await(gather(List.of(one, half)));
    });
    assertEquals(List.of(1, 0.5), results);
  }

  @Test
  void firstExceptionIsTheOutcomeAndTheOthersRunOn() {
    run(() -> {
      var slow = createTask(after(3, "slow"));
      var failing = failAfter(1, new IOException("first"));
      var thrown = assertThrows(IOException.class, () -> await(gather(slow, failing)));
      assertEquals("first", thrown.getMessage());
      assertEquals("slow", await(slow));
    });
  }

  @Test
  void exceptionsAreEntriesIfAskedFor() {
    var failure = new IOException("one of them");
    List<Object> outcomes =
        run(() -> await(gather(List.of(after(1, "fine"), failAfter(2, failure)), true)));
    assertEquals(List.of("fine", failure), outcomes);
  }

  @Test
  void nothingToGatherIsDoneAtOnce() {
    run(() -> assertEquals(List.of(), gather(List.<Coroutine<String>>of()).result()));
  }

  @Test
  void twoResultsMakeARecord() {
    Page page = run(() -> await(gather(after(2, "ada"), after(1, 3), Page::new)));
    assertEquals(new Page("ada", 3), page);
  }

  @Test
  void threeToFiveResultsAreCombined() {
    run(() -> {
      var a = createTask(after(1, "a"));
      var b = runningLoop().<Integer>createFuture();
      b.complete(2);
      assertEquals("a2", await(gather(a, b, (x, y) -> x + y)));
      assertEquals("a23.0", await(gather(a, b, after(1, 3.0), (x, y, z) -> x + y + z)));
      String four =
          await(gather(a, b, after(1, 3.0), after(1, true), (x, y, z, u) -> x + y + z + u));
      assertEquals("a23.0true", four);
      Row five = await(gather(a, b, after(1, 3.0), after(1, true), after(1, 'e'), Row::new));
      assertEquals(new Row("a", 2, 3.0, true, 'e'), five);
    });
  }

  @Test
  void combinedGatherIsDoneInTheSamePassAsAPlainOne() {
    run(() -> {
      var one = createTask("one", () -> log.add("one"));
      var two = createTask("two", () -> log.add("two"));
      gather(one, two).addDoneCallback(done -> log.add("plain"));
      gather(one, two, (x, y) -> "combined").addDoneCallback(done -> log.add(done.result()));
      for (int pass = 1; pass <= 3; pass++) {
        await(sleep(seconds(0)));
        log.add("pass " + pass);
      }
    });
    assertEquals(List.of("one", "two", "pass 1", "pass 2", "plain", "combined", "pass 3"), log);
  }

  @Test
  void whatTheCombinerThrowsIsTheOutcome() {
    var failure = new IllegalArgumentException("no such page");
    run(() -> {
      Future<Page> page = gather(after(1, "ada"), after(1, 3), (user, orders) -> {
        throw failure;
      });
      assertSame(failure, assertThrows(IllegalArgumentException.class, () -> await(page)));
    });
  }

  @Test
  void combinerIsNotCalledAfterAFailure() {
    run(() -> {
      Future<String> page =
          gather(after(1, "ada"), failAfter(2, new IOException("down")), (a, b) -> {
            log.add("combined");
            return a + b;
          });
      assertThrows(IOException.class, () -> await(page, IOException.class));
    });
    assertEquals(List.of(), log);
  }

  @Test
  void combinerSeesTheContextOfTheGather() {
    var user = new ContextVar<String>("user", "nobody");
    String seen = run(() -> {
      user.set("ada");
      return await(gather(after(1, 1), after(2, 2), (a, b) -> user.get()));
    });
    assertEquals("ada", seen);
  }

  @Test
  void cancellingTheCombinedFutureCancelsAll() {
    run(() -> {
      var one = createTask(logged("one"));
      var two = createTask(logged("two"));
      var both = gather(one, two, (a, b) -> a + b);
      await(sleep(SECOND));
      both.cancel();
      assertThrows(CancelledException.class, () -> await(both));
      assertTrue(one.cancelled() && two.cancelled());
    });
    assertEquals(List.of("one stopped", "two stopped"), log);
  }

  @Test
  void timeLimitOfAnotherThreadStopsAllBeforeItIsTheOutcome() {
    run(() -> {
      var one = createTask(logged("one"));
      var two = createTask(logged("two"));
      var both = gather(one, two, (a, b) -> a + b);
      await(sleep(seconds(0)));
      both.orTimeout(1, TimeUnit.MILLISECONDS);
      await(toThread(() -> {
        assertThrows(CompletionException.class, both::join);
      }));
      assertThrows(java.util.concurrent.TimeoutException.class, () -> await(both));
      log.add("outcome");
      assertTrue(one.done() && two.done());
    });
    assertEquals(List.of("one stopped", "two stopped", "outcome"), log);
  }

  @Test
  void failureFromOutsideStopsAllAndIsTheirCause() {
    var failure = new TimeoutException("from outside");
    var causes = new ArrayList<Throwable>();
    run(() -> {
      Function<String, Coroutine<String>> work = name -> async(name, () -> {
        try {
          await(sleep(seconds(10)));
        } catch (CancelledException e) {
          causes.add(e.getCause());
          throw e;
        }
        return name;
      });
      var both = gather(work.apply("one"), work.apply("two"));
      await(sleep(SECOND));
      both.completeExceptionally(failure);
      assertSame(failure, assertThrows(TimeoutException.class, () -> await(both)));
    });
    assertEquals(List.of(failure, failure), causes);
  }

  @Test
  void combinerThatIsMissingIsNoticedAtTheCall() {
    run(() -> {
      var task = createTask(after(1, "a"));
      Combiner.OfThree<String, String, String, String> none = null;
      var thrown = assertThrows(NullPointerException.class, () -> gather(task, task, task, none));
      assertEquals("combine", thrown.getMessage());
    });
  }

  @Test
  void elementThatIsMissingIsNoticedAtTheCall() {
    run(() -> assertThrows(
        NullPointerException.class, () -> gather((Awaitable<String>) null, after(1, "b"))));
  }

  private Coroutine<String> logged(String name) {
    return async(name, () -> {
      try {
        await(sleep(seconds(3600)));
        return name;
      } finally {
        log.add(name + " stopped");
      }
    });
  }

  private static <T> Coroutine<T> after(double seconds, T result) {
    return async(() -> {
      await(sleep(seconds(seconds)));
      return result;
    });
  }

  private static Coroutine<String> failAfter(double seconds, Exception failure) {
    return async(() -> {
      await(sleep(seconds(seconds)));
      throw failure;
    });
  }
}
