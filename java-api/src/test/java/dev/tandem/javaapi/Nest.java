package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.CancelledException;
import dev.tandem.Coroutine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Coroutines of both languages inside one another, Java and Kotlin in turn. Each sleeps a second, awaits the next, and
 * sleeps another second, so that at second {@code n} it is known which of them stands where.
 */
public final class Nest {
  public enum OnCancel {
    RETHROW,
    CATCH
  }

  /** What the levels see, in order. */
  final List<String> log = new ArrayList<>();

  private final boolean javaIsOutermost;
  private final int catchingLevel;

  /** A nest whose levels let every cancellation pass, but for {@code catchingLevel}; the outermost is level 1. */
  Nest(boolean javaIsOutermost, int catchingLevel) {
    this.javaIsOutermost = javaIsOutermost;
    this.catchingLevel = catchingLevel;
  }

  /** Four levels around {@code core}. */
  Coroutine<String> around(Coroutine<String> core) {
    Coroutine<String> nest = core;
    for (int level = 4; level >= 1; level--) {
      boolean isJava = (level % 2 == 1) == javaIsOutermost;
      OnCancel onCancel = level == catchingLevel ? OnCancel.CATCH : OnCancel.RETHROW;
      nest = isJava
          ? javaLevel("java" + level, nest, onCancel)
          : KotlinFrames.level("kotlin" + level, nest, log, onCancel);
    }
    return nest;
  }

  private Coroutine<String> javaLevel(String name, Coroutine<String> inner, OnCancel onCancel) {
    return async(name, () -> {
      try {
        await(sleep(Duration.ofSeconds(1)));
        String result = await(inner);
        await(sleep(Duration.ofSeconds(1)));
        return name + "(" + result + ")";
      } catch (CancelledException e) {
        log.add(name + " cancelled");
        if (onCancel == OnCancel.RETHROW) {
          throw e;
        }
        return name + " caught";
      } catch (Exception e) {
        log.add(name + " failed");
        throw e;
      }
    });
  }
}
