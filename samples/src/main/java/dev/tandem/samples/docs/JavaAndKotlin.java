package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Suspending.iterate;
import static dev.tandem.javaapi.Suspending.suspend;
import static java.time.Duration.ofSeconds;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.AsyncIterable;
import dev.tandem.javaapi.JavaFace;
import dev.tandem.javaapi.Suspending;
import java.util.concurrent.CompletableFuture;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.flow.FlowKt;

/** The examples of {@code docs/java.md} about Kotlin code; a test checks what the comments in them say. */
final class JavaAndKotlin {
  private static final UserRepository repository = new SlowUsers();

  private JavaAndKotlin() {}

  static void suspendFunctions() {
    // region suspend
    User bob = await(k -> repository.findUser(2, k));
    System.out.println(bob.getName());
    // bob
    // endregion
  }

  static void suspendFunctionsAtOnce() {
    // region suspend-coroutine
    Coroutine<User> ada = Suspending.coroutine(k -> repository.findUser(1, k));
    Coroutine<User> bob = Suspending.coroutine(k -> repository.findUser(2, k));
    for (User user : await(gather(ada, bob))) {
      System.out.println(user.getName());
    }
    // ada, bob
    // endregion
  }

  static void suspendFunctionsFromAnyThread() {
    // region suspend-future
    CompletableFuture<User> eve = Suspending.future(k -> repository.findUser(3, k));
    System.out.println(eve.thenApply(User::getName).join());
    // eve
    // endregion
  }

  static void suspendFunctionsInJava() {
    // region suspend-body
    class Guests implements UserRepository {
      @Override
      public Object findUser(int id, Continuation<? super User> k) {
        return suspend(k, () -> {
          await(sleep(ofSeconds(1)));
          return new User(id, "guest " + id);
        });
      }

      @Override
      public Flow<User> allUsers() {
        return FlowKt.emptyFlow();
      }
    }

    String name =
        await(k -> UsersKt.nameOf(new Guests(), 7, k)); // Java calls Kotlin, which calls Java
    System.out.println(name);
    // guest 7
    // endregion
  }

  static void flows() {
    // region flow
    try (var users = iterate(repository.allUsers())) {
      for (User user : users) {
        System.out.println(user.getName());
        if (user.getId() == 2) {
          break; // leaving early: close() cancels the flow
        }
      }
    }
    // ada, bob, flow closed
    // endregion
  }

  static void faces() {
    // region face
    interface Users {
      CompletableFuture<User> findUser(int id); // from any thread

      AsyncIterable<User> allUsers(); // to be iterated over in a task
    }

    Users users = JavaFace.of(Users.class, repository);
    System.out.println(await(users.findUser(1)).getName());
    // ada
    // endregion
  }
}
