package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.currentTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static java.time.Duration.ofHours;

import dev.tandem.VirtualClock;
import dev.tandem.javaapi.Event;
import dev.tandem.javaapi.Runner;

/** The examples of {@code docs/java.md} about virtual time; a test checks what the comments in them say. */
final class JavaTests {
  private JavaTests() {}

  static void virtualTime() {
    // region virtual-time
    try (var runner = new Runner(new VirtualClock())) {
      runner.run(() -> {
        await(sleep(ofHours(24)));
        System.out.println(runningLoop().time());
      });
    }
    // PT24H
    // endregion
  }

  static void deadlock() {
    // region deadlock
    try (var runner = new Runner(new VirtualClock())) {
      runner.run(() -> {
        currentTask().setName("host");
        var door = new Event();
        createTask("guest", door.await());
        await(door.await());
      });
    }
    // IllegalStateException: Nothing can ever happen again: no call is ready, no timer is set, and
    // nothing waits for a channel or thread.
    //   Task(host, pending, waiting on Event(not set, 2 waiting))
    //   Task(guest, pending, waiting on Event(not set, 2 waiting))
    // endregion
  }
}
