package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.shield;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static java.time.Duration.ofSeconds;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import dev.tandem.TimeoutException;
import dev.tandem.javaapi.Asyncio;
import java.util.List;

/** {@code shield} keeps a cancellation of the one who waits from the work; three cases. */
public final class Shield {
  private Shield() {}

  static void example() {
    waiterIsCancelled();
    workIsCancelled();
    var waiter = createTask(Shield::saveWhateverHappens);
    runningLoop().callLater(ofSeconds(1), waiter::cancel);
    await(Asyncio.wait(List.of(waiter)));
    System.out.println(
        waiter.cancelled() ? "will: the waiter is cancelled" : "will: the waiter is not cancelled");
  }

  private static void waiterIsCancelled() {
    var work = createTask(save("letter"));
    try {
      await(waitFor(shield(work), ofSeconds(1)));
    } catch (TimeoutException e) {
      System.out.println("letter: not waiting any longer");
    }
    System.out.println("later: " + await(work));
  }

  private static void workIsCancelled() {
    var work = createTask(save("poem"));
    runningLoop().callLater(ofSeconds(1), work::cancel);
    try {
      await(shield(work));
    } catch (CancelledException e) {
      System.out.println("poem: the shield does not protect from that");
    }
  }

  private static String saveWhateverHappens() {
    var work = createTask(save("will"));
    try {
      return await(shield(work));
    } catch (CancelledException e) {
      System.out.println("will: cancelled, but this must be done first");
      await(work);
      throw e;
    }
  }

  private static Coroutine<String> save(String document) {
    return async(() -> {
      try {
        await(sleep(ofSeconds(2)));
        System.out.println(document + ": saved");
        return document + " on disk";
      } catch (CancelledException e) {
        System.out.println(document + ": lost");
        throw e;
      }
    });
  }

  public static void main(String[] args) {
    Asyncio.run(Shield::example);
  }
}
