package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.CancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * What goes on behind something that is awaited: three steps, a second each, and then a result or an exception. It
 * records what it does, so that a test sees whether it has stopped.
 */
public final class Work {
  static final int STEPS = 3;

  /** In the order in which it happened. */
  final List<String> log = new ArrayList<>();

  private final Exception failure;
  private CancellationException cancellation;
  private boolean ended;

  private Work(Exception failure) {
    this.failure = failure;
  }

  /** Work that ends with the result {@code "done"}. */
  static Work succeeding() {
    return new Work(null);
  }

  static Work failingWith(Exception failure) {
    return new Work(failure);
  }

  /** Does the work in Java, in the calling task. */
  String run() throws Exception {
    try {
      for (int number = 1; number <= STEPS; number++) {
        await(sleep(Duration.ofSeconds(1)));
        step(number);
      }
      return outcome();
    } catch (CancelledException e) {
      throw cancelled(e);
    } finally {
      end();
    }
  }

  void step(int number) {
    log.add("step " + number);
  }

  String outcome() throws Exception {
    if (failure != null) {
      throw failure;
    }
    return "done";
  }

  CancellationException cancelled(CancellationException e) {
    log.add("cancelled");
    cancellation = e;
    return e;
  }

  void end() {
    log.add("ended at " + KotlinFrames.time());
    ended = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** What has stopped it. */
  CancellationException cancellation() {
    return cancellation;
  }
}
