package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.QueueEmptyException;
import dev.tandem.QueueFullException;
import dev.tandem.QueueShutDownException;
import dev.tandem.TimeoutException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class QueueTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();

  @Test
  void givesItemsInTheOrderInWhichTheyWentIn() {
    var queue = new Queue<String>();
    run(() -> {
      await(queue.put("a"));
      queue.putNoWait("b");
      assertEquals(2, queue.size());
      assertEquals("a", await(queue.get()));
      assertEquals("b", queue.getNoWait());
      assertTrue(queue.empty());
    });
  }

  @Test
  void thatIsBoundedMakesTheProducerWaitForTheConsumer() {
    var queue = new Queue<String>(1);
    run(() -> {
      var producer = createTask(() -> {
        for (String item : List.of("a", "b", "c")) {
          await(queue.put(item));
          log.add("put " + item + " at " + KotlinFrames.time());
        }
      });
      for (int i = 0; i < 3; i++) {
        await(sleep(SECOND));
        log.add("got " + await(queue.get()));
      }
      await(producer);
    });
    assertEquals(
        List.of("put a at 0.0", "got a", "put b at 1.0", "got b", "put c at 2.0", "got c"), log);
  }

  @Test
  void servesGettersInTheOrderInWhichTheyCame() {
    var queue = new Queue<String>();
    run(() -> {
      var getters = gather(queue.get(), queue.get());
      await(sleep(SECOND));
      queue.putNoWait("first");
      queue.putNoWait("second");
      assertEquals(List.of("first", "second"), await(getters));
    });
  }

  @Test
  void neverWaitsWhenToldNotTo() {
    var queue = new Queue<String>(1);
    assertThrows(QueueEmptyException.class, queue::getNoWait);
    queue.putNoWait("a");
    assertTrue(queue.full());
    assertEquals(1, queue.maxSize());
    assertThrows(QueueFullException.class, () -> queue.putNoWait("b"));
    assertEquals("Queue(1 items, 0 getting, 0 putting)", queue.toString());
  }

  @Test
  void takesNullAsAnItemThatEndsTheWork() {
    var queue = new Queue<String>();
    run(() -> {
      var worker = createTask(() -> {
        for (var item = await(queue.get()); item != null; item = await(queue.get())) {
          log.add(item);
        }
      });
      await(queue.put("a"));
      await(queue.put(null));
      await(worker);
    });
    assertEquals(List.of("a"), log);
  }

  @Test
  void losesNoItemToAGetterThatIsCancelledOrRunsOutOfTime() {
    var queue = new Queue<String>();
    run(() -> {
      var cancelled = createTask(queue.get());
      var behind = createTask(queue.get());
      await(sleep(SECOND));
      queue.putNoWait("a");
      cancelled.cancel();
      assertThrows(CancelledException.class, () -> await(cancelled));
      assertEquals("a", await(behind));
      assertThrows(TimeoutException.class, () -> await(waitFor(queue.get(), SECOND)));
      queue.putNoWait("b");
      assertEquals("b", queue.getNoWait());
    });
  }

  @Test
  void addsNothingForAPutterThatIsCancelledAndLetsTheNextOneIn() {
    var queue = new Queue<String>(1);
    run(() -> {
      queue.putNoWait("a");
      var cancelled = createTask(queue.put("b"));
      var behind = createTask(queue.put("c"));
      await(sleep(SECOND));
      log.add(queue.getNoWait());
      cancelled.cancel();
      assertThrows(CancelledException.class, () -> await(cancelled));
      assertNull(await(behind));
      log.add(queue.getNoWait());
    });
    assertEquals(List.of("a", "c"), log);
  }

  @Test
  void joinWaitsUntilAllWorkIsDoneNotUntilTheQueueIsEmpty() {
    var queue = new Queue<String>();
    run(() -> {
      List.of("a", "b").forEach(queue::putNoWait);
      createTask(() -> {
        while (true) {
          await(queue.get());
          await(sleep(SECOND));
          queue.taskDone();
        }
      });
      await(queue.join());
      log.add("joined at " + KotlinFrames.time());
    });
    assertEquals(List.of("joined at 2.0"), log);
  }

  @Test
  void shutdownRefusesNewItemsAndGivesThoseThatAreThere() {
    var queue = new Queue<String>();
    run(() -> {
      queue.putNoWait("a");
      queue.shutdown();
      assertThrows(QueueShutDownException.class, () -> await(queue.put("b")));
      assertEquals("a", await(queue.get()));
      assertThrows(QueueShutDownException.class, () -> await(queue.get()));
      var join = createTask(queue.join());
      await(sleep(SECOND));
      assertFalse(join.done());
      queue.taskDone();
      await(join);
    });
  }

  @Test
  void immediateShutdownDropsTheItemsAndTellsWhoWaits() {
    var full = new Queue<String>(1);
    run(() -> {
      full.putNoWait("a");
      var putter = createTask(full.put("b"));
      var joiner = createTask(full.join());
      await(sleep(SECOND));
      full.shutdown(true);
      assertThrows(QueueShutDownException.class, () -> await(putter));
      assertNull(await(joiner));
      assertTrue(full.empty());
    });
  }

  @Test
  void thatIsAPriorityQueueGivesTheSmallestFirst() {
    var natural = new PriorityQueue<String>();
    var longest = new PriorityQueue<>(3, Comparator.comparing(String::length).reversed());
    run(() -> {
      for (var word : List.of("bbb", "a", "cc")) {
        await(natural.put(word));
        await(longest.put(word));
      }
      assertEquals(
          List.of("a", "bbb", "cc"), await(gather(natural.get(), natural.get(), natural.get())));
      assertEquals(
          List.of("bbb", "cc", "a"), await(gather(longest.get(), longest.get(), longest.get())));
    });
  }

  @Test
  void thatIsAPriorityQueueRefusesWhatHasNoOrderAndDoesNotCountIt() {
    var queue = new PriorityQueue<Object>();
    run(() -> {
      assertThrows(ClassCastException.class, () -> await(queue.put(new Object())));
      assertThrows(NullPointerException.class, () -> await(queue.put(null)));
      await(queue.join());
    });
  }

  @Test
  void thatIsALifoQueueGivesTheNewestFirst() {
    var queue = new LifoQueue<String>(2);
    run(() -> {
      await(queue.put("a"));
      await(queue.put("b"));
      assertTrue(queue.full());
      assertEquals(List.of("b", "a"), await(gather(queue.get(), queue.get())));
    });
  }

  @Test
  void mayKeepAnOrderOfItsOwn() {
    var queue = new Queue<>(new WithoutRepetition());
    run(() -> {
      for (var item : List.of("a", "a", "b")) {
        await(queue.put(item));
      }
      assertEquals(List.of("a", "b"), await(gather(queue.get(), queue.get())));
    });
  }

  @Test
  void passesItemsBetweenTheLanguagesBothWays() {
    var jobs = new Queue<String>(1);
    run(() -> {
      var kotlin = createTask(KotlinPeers.putting(jobs.asKotlin(), List.of("a", "b")));
      log.add("java got " + await(jobs.get()));
      log.add("java got " + await(jobs.get()));
      await(kotlin);
      jobs.taskDone();
      jobs.taskDone();
      var taker = createTask(KotlinPeers.taking(jobs.asKotlin(), log));
      await(jobs.put("c"));
      await(jobs.put("d"));
      await(jobs.join());
      taker.cancel();
    });
    assertEquals(List.of("java got a", "java got b", "kotlin got c", "kotlin got d"), log);
  }

  @Test
  void isAFaceOfAKotlinQueueOfTheSameKind() {
    var priority = new dev.tandem.PriorityQueue<String>();
    var lifo = new dev.tandem.LifoQueue<String>();
    assertSame(priority, new PriorityQueue<>(priority).asKotlin());
    assertSame(lifo, new LifoQueue<>(lifo).asKotlin());
  }

  @Test
  void takesItemsFromAnotherThreadThroughTheLoop() {
    var queue = new Queue<String>();
    run(() -> {
      var loop = runningLoop();
      await(CompletableFuture.runAsync(
          () -> loop.callSoonThreadsafe(() -> queue.putNoWait("from outside"))));
      assertEquals("from outside", await(queue.get()));
    });
  }

  @Test
  void taskDoneMoreOftenThanItemsWerePutIsAnError() {
    var queue = new Queue<String>();
    queue.putNoWait("a");
    queue.taskDone();
    var error = assertThrows(IllegalArgumentException.class, queue::taskDone);
    assertEquals("taskDone() was called more often than items were put.", error.getMessage());
  }

  /** A queue that keeps an item once, written in Java. */
  private static final class WithoutRepetition extends dev.tandem.Queue<String> {
    private final java.util.LinkedHashSet<String> items = new java.util.LinkedHashSet<>();

    @Override
    public int size() {
      return items.size();
    }

    @Override
    protected void add(String item) {
      items.add(item);
    }

    @Override
    protected String take() {
      String first = items.iterator().next();
      items.remove(first);
      return first;
    }
  }
}
