package dev.tandem.javaapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** What is said about a Java interface whose methods do not find their Kotlin functions. */
class JavaFaceMisfitTest {
  private final Accounts accounts = AllAccounts.loggingTo(new ArrayList<>());

  interface ManyMisfits {
    CompletableFuture<User> search(int id);

    CompletableFuture<User> serch(int id);

    CompletableFuture<User> missing(String name);

    CompletableFuture<String> find(int id);

    CompletableFuture<User> delete(int id);

    CompletableFuture<List<String>> findAll(List<Integer> ids);

    Flow.Publisher<String> all();

    long count();

    void anywhere(int id);

    void pause(Duration time);

    String title();

    void launchRockets();

    default void greet() {}
  }

  @Test
  void allAreListedInOneErrorEachWithTheReason() {
    var thrown = assertThrows(
        IllegalArgumentException.class, () -> JavaFace.of(ManyMisfits.class, accounts));
    assertEquals("""
        ManyMisfits is no face of KotlinAccounts: 11 of its 13 methods have no partner there.
          CompletableFuture<List<String>> findAll(List<Integer>)
            The result differs from that of suspend findAll(List<Integer>): List<User>. It could be List<User>, \
        CompletableFuture<List<User>> or Coroutine<List<User>>.
          CompletableFuture<String> find(int)
            The result differs from that of suspend find(Integer): User. It could be User, CompletableFuture<User> or \
        Coroutine<User>.
          CompletableFuture<User> delete(int)
            The result differs from that of suspend delete(Integer): Unit. It could be void, CompletableFuture<Void> or \
        Coroutine<Void>.
          CompletableFuture<User> missing(String)
            The parameters differ from those of suspend missing(int): User.
          CompletableFuture<User> serch(int)
            There is no function of that name. Is it suspend search(String): User, or suspend search(int): User?
          Publisher<String> all()
            The result differs from that of all(): Flow<User>. It could be AsyncIterable<User>, Stream<User> or \
        Flow.Publisher<User>.
          String title()
            There is no function of that name. Is it getTitle(): String?
          long count()
            The result differs from that of suspend count(): Integer. It could be int, CompletableFuture<Integer> or \
        Coroutine<Integer>.
          void anywhere(int)
            The result differs from that of suspend anywhere(int): User. It could be User, CompletableFuture<User> or \
        Coroutine<User>.
          void launchRockets()
            There is no function of that name, nor one like it.
          void pause(Duration)
            Kotlin gives a function with a value class, such as kotlin.time.Duration, a name that Java cannot say: \
        suspend pause-VtjQ1oo(long): Unit. Add a function without one for Java.""", thrown.getMessage());
  }

  interface Vague {
    CompletableFuture<User> choose(String value);
  }

  @Test
  void methodThatCouldMeanSeveralFunctionsHasNoPartner() {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> JavaFace.of(Vague.class, new Choices()));
    assertEquals("""
        Vague is no face of Choices: 1 of its 1 methods has no partner there.
          CompletableFuture<User> choose(String)
            It could mean any of suspend choose(CharSequence): User, or suspend choose(Comparable<String>): User. \
        Declare exactly the parameters of the one that is meant.""", thrown.getMessage());
  }

  @Test
  void classIsNoFace() {
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> JavaFace.of(String.class, accounts));
    assertEquals(
        "java.lang.String is no interface. A face is one that declares what Java wants to call.",
        thrown.getMessage());
  }

  @Test
  void nothingBehindItFailsAtOnce() {
    assertThrows(NullPointerException.class, () -> JavaFace.of(Vague.class, null));
  }
}
