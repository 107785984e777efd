package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Suspending.suspend;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;

/** A Java class that implements a Kotlin interface of suspend functions. */
class SuspendFunctionInJavaTest extends OnEachCarrier {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final JavaUsers users = new JavaUsers();

  @Test
  void isCalledByKotlinInTheSameTask() {
    run(() -> {
      String greeting = await(createTask("kotlin", RepositoryUse.greeting(users)));
      assertEquals("hello user 42 at 2.0", greeting + " at " + KotlinFrames.time());
    });
    assertEquals(List.of("find in kotlin", "user 42 is Zaphod"), log);
  }

  @Test
  void isCalledByJavaAsAnyOther() {
    run(() -> {
      User user = await(k -> users.findUser(1, k));
      assertEquals("user 1", user.getName());
    });
  }

  @Test
  void givesItsExceptionToTheCaller() {
    var failure = new UnknownUserException("in Java");
    var failing = new JavaUsers() {
      @Override
      public Object findUser(int id, Continuation<? super User> k) {
        return suspend(k, () -> {
          await(sleep(SECOND));
          throw failure;
        });
      }
    };
    var thrown = assertThrows(
        UnknownUserException.class, () -> run(() -> await(RepositoryUse.greeting(failing))));
    assertSame(failure, thrown);
  }

  @Test
  void isCancelledWithItsCaller() {
    run(() -> {
      var task = createTask(RepositoryUse.greeting(users));
      await(sleep(seconds(0.5)));
      task.cancel("enough");
      assertThrows(CancelledException.class, () -> await(task));
    });
    assertEquals("enough", log.get(1));
  }

  @Test
  void mayAnswerAtOnce() {
    var quick = new JavaUsers() {
      @Override
      public Object findUser(int id, Continuation<? super User> k) {
        return suspend(k, () -> new User(id, "quick"));
      }
    };
    assertEquals("hello quick", run(() -> await(RepositoryUse.greeting(quick))));
  }

  @Test
  void withoutALoopIsAnError() {
    var thrown = assertThrows(IllegalStateException.class, () -> RepositoryUse.blockingFind(users));
    assertEquals(
        "A suspend function written in Java was called on thread \"main\", where no loop runs, so that it could not "
            + "await. If it shall serve such callers, let it run on a loop of its own, from Asyncio.start(): suspend(k, "
            + "loop, () -> { ... }). A task of a loop calls it outside of withContext(Dispatchers.IO) or the like.",
        thrown.getMessage().replaceFirst("main @coroutine#\\d+", "main"));
  }

  @Test
  void servesCallersOnAnyThreadFromALoopInTheBackground() {
    try (var background = Asyncio.start()) {
      var served = new ServedUsers(background, new CountDownLatch(0));
      assertEquals("served 42", RepositoryUse.blockingFind(served).getName());
      RepositoryUse.blockingRename(served);
      assertEquals(List.of("old is new"), log);
    }
  }

  @Test
  void inTheBackgroundIsCancelledWithItsCaller() throws Exception {
    try (var background = Asyncio.start()) {
      var cancelled = new CountDownLatch(1);
      var served = new ServedUsers(background, cancelled);
      served.blocksOn = new CompletableFuture<>();
      assertTrue(RepositoryUse.cancelledFind(served, served.reached));
      cancelled.await();
      assertTrue(served.blocksOn.isCancelled());
    }
  }

  private class JavaUsers implements UserRepository {
    @Override
    public Object findUser(int id, Continuation<? super User> k) {
      return suspend(k, () -> {
        log.add("find in " + currentTask().getName());
        try {
          await(sleep(SECOND));
        } catch (CancelledException e) {
          log.add(e.getMessage());
          throw e;
        }
        return new User(id, "user " + id);
      });
    }

    @Override
    public Object rename(User user, String name, Continuation<? super Unit> k) {
      return suspend(k, () -> {
        await(sleep(SECOND));
        log.add(user.getName() + " is " + name);
      });
    }
  }

  /** Runs its functions on a loop of its own. */
  private final class ServedUsers implements UserRepository {
    private final BackgroundLoop loop;
    private final CountDownLatch cancelled;
    private final CompletableFuture<Void> reached = new CompletableFuture<>();
    private CompletableFuture<Void> blocksOn = CompletableFuture.completedFuture(null);

    ServedUsers(BackgroundLoop loop, CountDownLatch cancelled) {
      this.loop = loop;
      this.cancelled = cancelled;
    }

    @Override
    public Object findUser(int id, Continuation<? super User> k) {
      return suspend(k, loop, () -> {
        reached.complete(null);
        try {
          await(blocksOn);
        } finally {
          cancelled.countDown();
        }
        return new User(id, "served " + id);
      });
    }

    @Override
    public Object rename(User user, String name, Continuation<? super Unit> k) {
      return suspend(k, loop, () -> {
        await(blocksOn);
        log.add(user.getName() + " is " + name);
      });
    }
  }
}
