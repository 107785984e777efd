package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofSeconds;
import static java.util.stream.Collectors.joining;

import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;
import java.util.List;
import java.util.Set;

/** {@code wait} with a timeout throws nothing and cancels nothing: it tells who is done by then. */
public final class WaitTimeout {
  private WaitTimeout() {}

  static void example() {
    var bridges = List.of(
        createTask("the short bridge", cross("the short bridge", 1)),
        createTask("the long bridge", cross("the long bridge", 3)));
    var inTime = await(Asyncio.wait(bridges, ofSeconds(2)));
    System.out.println(
        "after 2 s: done " + names(inTime.done()) + "; pending " + names(inTime.pending()));
    var inTheEnd = await(Asyncio.wait(inTime.pending()));
    System.out.println(
        "in the end: done " + names(inTheEnd.done()) + "; pending " + names(inTheEnd.pending()));
  }

  private static Coroutine<Void> cross(String bridge, int seconds) {
    return async(() -> {
      await(sleep(ofSeconds(seconds)));
      System.out.println(bridge + " is crossed");
    });
  }

  private static String names(Set<Task<Void>> tasks) {
    String names = tasks.stream().map(Task::getName).sorted().collect(joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  public static void main(String[] args) {
    Asyncio.run(WaitTimeout::example);
  }
}
