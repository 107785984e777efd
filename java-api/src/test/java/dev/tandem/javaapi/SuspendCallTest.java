package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.CancelledException;
import dev.tandem.Queue;
import dev.tandem.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Kotlin suspend function, called by Java in a task. */
class SuspendCallTest extends OnEachCarrier {
  private final KotlinUsers users = new KotlinUsers(new ArrayList<>());

  @Test
  void isWaitedFor() {
    run(() -> {
      User user = await(k -> users.findUser(42, k));
      assertEquals("user 42 at 1.0", user.getName() + " at " + KotlinFrames.time());
    });
  }

  @Test
  void thatDoesNotSuspendCostsNoTurn() {
    var log = new ArrayList<String>();
    run(() -> {
      createTask(() -> log.add("other task"));
      User user = await(k -> users.withoutSuspending(1, k));
      log.add(user.getName());
    });
    assertEquals(List.of("at hand", "other task"), log);
  }

  @Test
  void withoutAResultIsWaitedFor() {
    run(() -> await(k -> users.rename(new User(1, "Tricia"), "Trillian", k)));
    assertEquals(List.of("Tricia is Trillian"), users.getLog());
  }

  @Test
  void thatHasNoOtherArgumentIsAMethodReference() {
    int value = run(() -> {
      var queue = new Queue<Integer>();
      createTask(() -> queue.putNoWait(42));
      return await(queue::get);
    });
    assertEquals(42, value);
  }

  @Test
  void thatWaitsInTheMannerOfKotlinxUsesTheLoopsTime() {
    run(() -> {
      User user = await(k -> users.withDelay(1, k));
      assertEquals("delayed at 1.0", user.getName() + " at " + KotlinFrames.time());
    });
  }

  @Test
  void thatGoesToAnotherDispatcherComesBackToTheTask() {
    run(() -> {
      Task<?> task = currentTask();
      User user = await(k -> users.onOtherDispatcher(1, k));
      assertEquals("from DefaultDispatcher", user.getName());
      assertSame(task, currentTask());
    });
  }

  @Test
  void thatResumesOnAThreadOfItsOwnComesBackToTheTask() {
    run(() -> {
      Task<?> task = currentTask();
      User user = await(k -> users.onThreadOfItsOwn(1, k));
      assertEquals("elsewhere", user.getName());
      assertSame(task, currentTask());
    });
  }

  @Test
  void throwsItsExceptionItselfWhichCanBeDeclared() {
    String message = run(() -> {
      try {
        User user = await(k -> users.missing(7, k), IOException.class);
        return user.getName();
      } catch (IOException e) {
        return e.getMessage() + " at " + KotlinFrames.time();
      }
    });
    assertEquals("no user 7 at 1.0", message);
  }

  @Test
  void throwsCheckedExceptionsOfTheLambdaItself() {
    var failure = new IOException("in the lambda");
    var thrown = assertThrows(
        IOException.class,
        () -> run(() -> {
          await(k -> {
            throw failure;
          });
        }));
    assertSame(failure, thrown);
  }

  @Test
  void isCancelledWithTheTask() {
    run(() -> {
      Task<User> task = createTask(() -> Asyncio.<User>await(k -> users.findUser(42, k)));
      await(sleep(seconds(0.5)));
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("find cancelled: enough"), users.getLog());
  }

  @Test
  void isCancelledWithTheTaskWhereItWaitsInTheMannerOfKotlinx() {
    run(() -> {
      Task<User> task = createTask(() -> Asyncio.<User>await(users::never));
      await(sleep(SECOND));
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals(List.of("never cancelled: enough"), users.getLog());
  }

  @Test
  void runsBesideOthersAsACoroutine() {
    run(() -> {
      List<User> found = await(gather(
          Suspending.coroutine(k -> users.findUser(1, k)),
          Suspending.coroutine(k -> users.withDelay(2, k))));
      assertEquals(List.of(new User(1, "user 1"), new User(2, "delayed")), found);
      assertEquals(1.0, KotlinFrames.time());
    });
  }

  @Test
  void outsideATaskIsAnError() {
    var thrown = assertThrows(IllegalStateException.class, () -> await(k -> users.findUser(42, k)));
    assertEquals(
        "await() on thread \"main\", which runs no task. Write Asyncio.run(() -> { ... await(...) ... }) around it; "
            + "or, to block this thread until the future is done, join().",
        thrown.getMessage());
  }
}
