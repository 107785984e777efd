package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.copyContext;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.Context;
import dev.tandem.ContextVar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class ContextVarTest extends OnEachCarrier {
  private final ContextVar<String> user = new ContextVar<>("user", "nobody");
  private final List<String> log = new ArrayList<>();

  @Test
  void setForABlockIsAfterwardsWhatItWasAlsoAcrossAwaits() {
    run(() -> {
      user.set("ada");
      var other = createTask(() -> {
        user.set("eve");
        await(sleep(seconds(3)));
        log.add("other: " + user.get());
      });
      try (var token = user.set("bob")) {
        await(sleep(SECOND));
        log.add("inside: " + user.get());
      }
      log.add("after: " + user.get());
      await(other);
    });
    assertEquals(List.of("inside: bob", "after: ada", "other: eve"), log);
  }

  @Test
  void resetTakesTheFirstValueAway() {
    new Context().run(() -> {
      var token = user.set("ada");
      assertSame(user, token.getVariable());
      user.reset(token);
      log.add(user.get());
    });
    assertEquals(List.of("nobody"), log);
  }

  @Test
  void withoutValueAndDefaultSaysHowToGiveItOne() {
    var bare = new ContextVar<String>("bare");
    var error = assertThrows(NoSuchElementException.class, bare::get);
    assertTrue(error.getMessage().contains("declare it as ContextVar(\"bare\", default)"));
  }

  @Test
  void copyOfTheContextRunsCodeAndKeepsWhatItSets() {
    run(() -> {
      user.set("ada");
      Context context = copyContext();
      int length = context.run(() -> {
        log.add(user.get());
        user.set("grace");
        return user.get().length();
      });
      log.add(length + " " + context.get(user) + " " + user.get());
      context.run(() -> log.add(user.get()));
    });
    assertEquals(List.of("ada", "5 grace ada", "grace"), log);
  }

  @Test
  void contextWithoutAValueHasNull() {
    var context = new Context();
    assertNull(context.get(user));
    context.run(() -> {
      user.set("ada");
    });
    assertTrue(context.contains(user));
    assertEquals("Context(user=ada)", context.copy().toString());
  }

  @Test
  void failureOfCodeInAContextIsThrownAsItIs() {
    var failure = new IOException("disk full");
    var context = new Context();
    var thrown = assertThrows(
        IOException.class,
        () -> context.run(() -> {
          user.set("ada");
          throw failure;
        }));
    assertSame(failure, thrown);
    assertEquals("nobody", user.get());
  }

  @Test
  void contextThatIsEnteredAlreadySaysToCopyIt() {
    var context = new Context();
    var error = assertThrows(
        IllegalStateException.class, () -> context.run(() -> context.run(() -> log.add("twice"))));
    assertTrue(error.getMessage().endsWith("Run the block in context.copy()."));
  }

  @Test
  void codeInAContextCannotAwaitAndIsToldToBeATaskOfThatContext() {
    run(() -> {
      var context = copyContext();
      var error =
          assertThrows(IllegalStateException.class, () -> context.run(() -> await(sleep(SECOND))));
      assertTrue(error
          .getMessage()
          .endsWith("inside of Context.run(): what runs there, runs at once and to its end. "
              + "Give the context to a task and await that: "
              + "await(createTask(null, context, false, async(() -> { ... await(...) ... })))."));
      await(sleep(SECOND));
    });
  }

  @Test
  void tokenRestoresOnceAndWhereItWasMade() {
    var context = new Context();
    var token = context.run(() -> user.set("ada"));
    assertThrows(IllegalArgumentException.class, token::close);
    context.run(token::close);
    assertThrows(IllegalStateException.class, () -> context.run(token::close));
  }

  @Test
  void setInAKotlinFrameOfTheTaskIsSeenInJavaAndTheOtherWayRound() {
    run(() -> {
      user.set("ada");
      log.add("kotlin saw " + await(KotlinPeers.setting(user, "kotlin's")));
      log.add("java sees " + user.get());
    });
    assertEquals(List.of("kotlin saw ada", "java sees kotlin's"), log);
  }

  @Test
  void threadOutsideOfTheLoopHasAContextOfItsOwn() {
    run(() -> {
      user.set("ada");
    });
    assertEquals("nobody", user.get());
  }
}
