package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.asCompleted;
import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.samples.docs.FirstSteps.fetch;

import dev.tandem.Coroutine;
import dev.tandem.ReturnWhen;
import dev.tandem.javaapi.Asyncio;
import java.io.IOException;
import java.util.List;

/** The examples of {@code docs/java.md} about several tasks at once; a test checks what the comments in them say. */
final class JavaGathering {
  private JavaGathering() {}

  static void results() {
    // region gather
    List<String> pages = await(gather(fetch("home", 2), fetch("news", 1)));
    System.out.println(pages);
    // [<home>, <news>]
    // endregion
  }

  private static Coroutine<Integer> countVisitors(String page) {
    return async(() -> page.length());
  }

  static void resultsOfDifferentTypes() {
    // region typed-gather
    record Page(String text, int visitors) {}

    Page page = await(gather(fetch("home", 2), countVisitors("home"), Page::new));
    System.out.println(page);
    // Page[text=<home>, visitors=4]
    // endregion
  }

  static void outcomes() {
    Coroutine<String> broken = async(() -> {
      throw new IOException("no route");
    });
    // region gather-outcomes
    for (Object outcome : await(gather(List.of(fetch("home", 1), broken), true))) {
      System.out.println(outcome instanceof Throwable failure ? failure.getMessage() : outcome);
    }
    // <home>, no route
    // endregion
  }

  static void asTheyCome() {
    // region as-completed
    for (var next : asCompleted(List.of(fetch("home", 3), fetch("news", 1), fetch("mail", 2)))) {
      System.out.println(await(next));
    }
    // <news>, <mail>, <home>
    // endregion
  }

  static void theFirstOfThem() {
    // region wait
    var home = createTask("home", fetch("home", 3));
    var news = createTask("news", fetch("news", 1));
    var race = await(Asyncio.wait(List.of(home, news), ReturnWhen.FIRST_COMPLETED));
    race.done().forEach(task -> System.out.println(task.getName() + " wins"));
    race.pending().forEach(task -> task.cancel());
    // news wins
    // endregion
  }
}
