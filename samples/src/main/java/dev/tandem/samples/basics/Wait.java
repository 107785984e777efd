package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.joining;

import dev.tandem.Coroutine;
import dev.tandem.ReturnWhen;
import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;
import java.util.List;
import java.util.Set;

/** {@code wait} ends with the first that is done, the first that fails, or the last; it throws none of their errors. */
public final class Wait {
  private Wait() {}

  static void example() {
    race(ReturnWhen.FIRST_COMPLETED);
    race(ReturnWhen.FIRST_EXCEPTION);
    race(ReturnWhen.ALL_COMPLETED);
  }

  private static void race(ReturnWhen returnWhen) {
    var start = runningLoop().time();
    var runners = List.of(
        createTask("fast", run("fast", 1)),
        createTask("clumsy", run("clumsy", 2)),
        createTask("slow", run("slow", 3)));
    var result = await(Asyncio.wait(runners, returnWhen));
    long seconds = runningLoop().time().minus(start).toSeconds();
    System.out.printf(
        "%s after %d s: done %s; pending %s%n",
        returnWhen, seconds, names(result.done()), names(result.pending()));
    await(gather(runners, true)); // wait leaves the pending ones running
  }

  private static Coroutine<Void> run(String runner, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      if (runner.equals("clumsy")) {
        throw new IllegalStateException("fell over");
      }
    });
  }

  private static String names(Set<Task<Void>> tasks) {
    String names = tasks.stream().map(Task::getName).sorted().collect(joining(", "));
    return names.isEmpty() ? "nobody" : names;
  }

  public static void main(String[] args) {
    Asyncio.run(Wait::example);
  }
}
