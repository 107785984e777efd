package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A Kotlin object behind a Java interface. */
class JavaFaceTest extends OnEachCarrier {
  private final List<String> log = new ArrayList<>();
  private final Accounts accounts = AllAccounts.loggingTo(log);

  /** What each function looks like when a task waits for it. */
  interface Awaiting {
    User find(int id);

    void delete(Integer id);

    int count();

    String getTitle();

    boolean isOpen(int id);

    void check(int id) throws IOException;

    User missing(int id) throws IOException;

    default User findOrFail(int id) {
      User user = find(id);
      if (user == null) {
        throw new IllegalArgumentException("no user " + id);
      }
      return user;
    }
  }

  @Test
  void plainResultIsWaitedFor() {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    run(() -> {
      assertEquals("user 1", face.find(1).getName());
      assertNull(face.find(0));
      face.delete(1);
      assertEquals(3.0, KotlinFrames.time());
    });
    assertEquals(List.of("deleted 1"), log);
  }

  @Test
  void primitiveResultIsUnboxed() {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    assertEquals(2, run(face::count));
  }

  @Test
  void functionThatDoesNotSuspendIsCalledOnAnyThread() throws IOException {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    assertEquals("accounts", face.getTitle());
    assertTrue(face.isOpen(1));
    face.check(7);
    assertEquals(List.of("checked 7"), log);
  }

  @Test
  void defaultMethodKeepsItsBody() {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    run(() -> {
      assertEquals("user 1", face.findOrFail(1).getName());
      assertThrows(IllegalArgumentException.class, () -> face.findOrFail(0));
    });
  }

  @Test
  void declaredExceptionComesThroughItself() {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    var thrown = assertThrows(UnknownUserException.class, () -> run(() -> face.missing(7)));
    assertEquals("no user 7", thrown.getMessage());
    assertThrows(UnknownUserException.class, () -> face.check(-1));
  }

  interface Undeclared {
    User missing(int id);
  }

  @Test
  void undeclaredCheckedExceptionIsWrappedAndSaysSo() {
    Undeclared face = JavaFace.of(Undeclared.class, accounts);
    var thrown = assertThrows(UndeclaredThrowableException.class, () -> run(() -> face.missing(7)));
    assertInstanceOf(UnknownUserException.class, thrown.getCause());
    assertEquals(
        "Undeclared.missing does not declare what suspend missing(int): User threw. Let it say \"throws "
            + "UnknownUserException\".",
        thrown.getMessage());
  }

  @Test
  void plainResultOutsideATaskIsAnError() {
    Awaiting face = JavaFace.of(Awaiting.class, accounts);
    var thrown = assertThrows(IllegalStateException.class, () -> face.find(1));
    assertEquals(
        "await() on thread \"main\", which runs no task. Write Asyncio.run(() -> { ... await(...) ... }) around it; "
            + "or, to block this thread until the future is done, join().",
        thrown.getMessage());
  }

  @Test
  void plainCallIsCancelledWithItsTask() throws Exception {
    interface NeverAgain {
      User never(Never call);
    }
    var face = JavaFace.of(NeverAgain.class, accounts);
    var call = new Never();
    run(() -> {
      var task = createTask(() -> face.never(call));
      await(sleep(SECOND));
      task.cancel();
      assertThrows(CancelledException.class, () -> await(task));
    });
    call.getEnded().await();
  }

  /** What each function looks like as a future of some kind. */
  interface Async {
    CompletableFuture<User> anywhere(int id);

    CompletionStage<Integer> count();

    Future<? extends User> search(String name);

    CompletableFuture<User> missing(int id);

    CompletableFuture<User> never(Never call);

    CompletableFuture<Boolean> isOpen(int id);

    CompletableFuture<Void> check(int id);

    Task<User> find(int id);

    Coroutine<Void> delete(int id);
  }

  @Test
  void futureIsToBeHadOnAnyThread() throws Exception {
    Async face = JavaFace.of(Async.class, accounts);
    assertEquals("DefaultDispatcher", face.anywhere(1).join().getName());
    assertEquals(2, face.count().toCompletableFuture().join());
    assertEquals("ada", face.search("ada").get().getName());
    assertTrue(face.isOpen(1).join());
    assertNull(face.check(1).join());
  }

  @Test
  void futureHasTheExceptionOfTheCall() {
    Async face = JavaFace.of(Async.class, accounts);
    var thrown = assertThrows(CompletionException.class, face.missing(7)::join);
    assertInstanceOf(UnknownUserException.class, thrown.getCause());
  }

  @Test
  void cancellingTheFutureCancelsTheCall() throws Exception {
    Async face = JavaFace.of(Async.class, accounts);
    var call = new Never();
    CompletableFuture<User> future = face.never(call);
    call.getStarted().await();
    future.cancel(true);
    call.getEnded().await();
    assertTrue(future.isCancelled());
  }

  @Test
  void futureInATaskIsATaskOfTheLoop() {
    Async face = JavaFace.of(Async.class, accounts);
    run(() -> {
      var one = face.find(1);
      var two = face.find(2);
      assertInstanceOf(Task.class, face.anywhere(3));
      assertEquals("user 1, user 2", await(one).getName() + ", " + await(two).getName());
      assertEquals(1.0, KotlinFrames.time());
    });
  }

  @Test
  void taskOutsideALoopIsAnError() {
    Async face = JavaFace.of(Async.class, accounts);
    var thrown = assertThrows(IllegalStateException.class, () -> face.find(1));
    assertTrue(thrown.getMessage().startsWith("No loop runs on thread"), thrown::getMessage);
  }

  @Test
  void coroutineIsCalledOnceItIsAwaited() {
    Async face = JavaFace.of(Async.class, accounts);
    run(() -> {
      var deletion = face.delete(1);
      await(sleep(SECOND));
      assertEquals(List.of(), log);
      await(deletion);
      assertEquals(List.of("deleted 1"), log);
    });
  }

  interface WithFlows {
    AsyncIterable<User> all();

    Flow.Publisher<User> recent();
  }

  interface WithStreams {
    Stream<User> all();

    CompletableFuture<AsyncIterable<User>> recent();
  }

  @Test
  void flowIsIteratedOver() {
    var face = JavaFace.of(WithFlows.class, accounts);
    run(() -> {
      for (User user : face.all()) {
        log.add(user.getName() + " at " + KotlinFrames.time());
      }
    });
    assertEquals(List.of("user 1 at 1.0", "user 2 at 2.0"), log);
  }

  @Test
  void flowThatASuspendFunctionGivesIsAPublisherToo() {
    var face = JavaFace.of(WithFlows.class, accounts);
    run(() -> {
      for (User user : Suspending.iterate(face.recent())) {
        log.add(user.getName());
      }
    });
    assertEquals(List.of("recent"), log);
  }

  @Test
  void flowIsAStream() {
    var face = JavaFace.of(WithStreams.class, accounts);
    run(() -> {
      assertEquals(List.of(1, 2), face.all().map(User::getId).toList());
      assertEquals(1, await(face.recent()).stream().count());
    });
  }

  /** As generic as the Kotlin interface. */
  interface AsyncRepository<K, V> {
    CompletableFuture<V> find(K id);

    CompletableFuture<List<V>> findAll(List<K> ids);
  }

  interface AsyncAccounts extends AsyncRepository<Integer, User> {
    <E> CompletableFuture<E> first(List<E> values);

    CompletableFuture<User> search(int id);

    CompletableFuture<? super User> search(String name);

    Object getTitle();

    String toString();
  }

  @Test
  void genericAndInheritedMethodsFindTheirPartners() {
    var face = JavaFace.of(AsyncAccounts.class, accounts);
    run(() -> {
      assertEquals("user 1", await(face.find(1)).getName());
      assertEquals(2, await(face.findAll(List.of(1, 2))).size());
      assertEquals("a", await(face.first(List.of("a", "b"))));
    });
  }

  @Test
  void overloadsAreToldApartByTheirParameters() {
    var face = JavaFace.of(AsyncAccounts.class, accounts);
    assertEquals("by number", face.search(1).join().getName());
    assertEquals(new User(0, "ada"), face.search("ada").join());
  }

  @Test
  void narrowerParametersAndWiderResultsFit() {
    interface Narrow {
      Collection<User> findAll(ArrayList<Integer> ids);
    }
    var face = JavaFace.of(Narrow.class, accounts);
    assertEquals(1, run(() -> face.findAll(new ArrayList<>(List.of(1)))).size());
  }

  @Test
  void isComparedAndShownByWhatIsBehindIt() {
    var face = JavaFace.of(Awaiting.class, accounts);
    assertEquals(JavaFace.of(Awaiting.class, AllAccounts.loggingTo(log)), face);
    assertEquals(accounts.hashCode(), face.hashCode());
    assertNotEquals(JavaFace.of(Undeclared.class, accounts), face);
    assertFalse(face.equals(accounts));
    assertEquals("Awaiting of KotlinAccounts", face.toString());
    assertEquals(
        "AsyncAccounts of KotlinAccounts",
        JavaFace.of(AsyncAccounts.class, accounts).toString());
  }
}
