package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Suspend functions as CompletableFutures. */
class SuspendingTest extends OnEachCarrier {
  private final KotlinUsers users =
      new KotlinUsers(Collections.synchronizedList(new ArrayList<>()));

  @Test
  void ordinaryThreadGetsAFutureOfACallThatRunsInKotlinsPool() {
    CompletableFuture<User> future = Suspending.future(k -> users.anywhere(42, k));
    assertEquals("from DefaultDispatcher", future.thenApply(User::getName).join());
  }

  @Test
  void callThatDoesNotSuspendIsAFutureToo() {
    CompletableFuture<User> future = Suspending.future(k -> users.withoutSuspending(42, k));
    assertEquals("at hand", future.join().getName());
  }

  @Test
  void exceptionIsTheOutcomeOfTheFuture() {
    CompletableFuture<User> future = Suspending.future(k -> users.missingAtOnce(7));
    var thrown = assertThrows(CompletionException.class, future::join);
    assertEquals(
        "no user 7",
        assertInstanceOf(UnknownUserException.class, thrown.getCause()).getMessage());
  }

  @Test
  void cancellingTheFutureCancelsTheCall() throws Exception {
    var call = new Never();
    CompletableFuture<User> future = Suspending.future(call::call);
    call.getStarted().await();
    future.cancel(true);
    call.getEnded().await();
    assertTrue(future.isCancelled());
  }

  @Test
  void timeoutOfTheFutureCancelsTheCall() throws Exception {
    var call = new Never();
    CompletableFuture<User> future = Suspending.future(call::call);
    call.getStarted().await();
    var thrown =
        assertThrows(CompletionException.class, future.orTimeout(1, TimeUnit.MILLISECONDS)::join);
    call.getEnded().await();
    assertInstanceOf(TimeoutException.class, thrown.getCause());
  }

  @Test
  void threadOfALoopGetsATask() {
    run(() -> {
      CompletableFuture<User> future = Suspending.future(k -> users.findUser(42, k));
      assertInstanceOf(Task.class, future);
      assertEquals("user 42", await(future).getName());
    });
  }

  @Test
  void cancellingTheTaskCancelsTheCall() {
    run(() -> {
      CompletableFuture<User> future = Suspending.future(k -> users.withDelay(42, k));
      await(sleep(seconds(0.5)));
      future.cancel(true);
      assertThrows(CancelledException.class, () -> await(future));
    });
    assertEquals(List.of("delay cancelled"), users.getLog());
  }

  @Test
  void nullCallFailsAtOnce() {
    var thrown = assertThrows(NullPointerException.class, () -> Suspending.future(null));
    assertEquals("The call of a suspend function is null.", thrown.getMessage());
  }
}
