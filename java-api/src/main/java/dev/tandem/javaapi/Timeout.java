package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.internal.JavaBlocksKt;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * A limit for the time that a block takes, made by {@link Asyncio#timeout(Duration)} and {@link
 * Asyncio#timeoutAt(Duration)}. It limits one block, which can move the limit and, afterwards, tell whether it was
 * reached.
 *
 * <p>When time runs out, the current task is cancelled once, at the {@code await} where it stands in the block; that
 * cancellation, when it leaves the block, becomes a {@link dev.tandem.TimeoutException}. A block that catches it goes
 * on, and {@link #expired} tells. A cancellation from elsewhere passes through as it is.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.Timeout}.
 *
 * <pre>{@code
 * var limit = timeout(Duration.ofSeconds(5));
 * Page page = limit.run(() -> {
 *   var head = await(readHead());
 *   if (head.isLarge()) {
 *     limit.reschedule(runningLoop().time().plusSeconds(60));
 *   }
 *   return await(readBody());
 * });
 * }</pre>
 */
public final class Timeout {
  private final dev.tandem.Timeout limit;

  /**
   * Shows Java code the limit of a Kotlin block.
   *
   * @param limit what {@code timeout} hands to its block in Kotlin
   */
  public Timeout(dev.tandem.Timeout limit) {
    this.limit = Objects.requireNonNull(limit, "limit");
  }

  /**
   * Runs {@code body} here and now, until time runs out at most, and returns its result.
   *
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return what {@code body} returns
   * @throws dev.tandem.TimeoutException if time ran out and {@code body} let the cancellation pass
   * @throws IllegalStateException outside a task, or if this limit was used before
   */
  public <T> T run(Callable<T> body) {
    Coroutine<T> inside = Asyncio.async(body);
    return Asyncio.await(
        CoroutineKt.coroutine("timeout", k -> JavaBlocksKt.run(limit, k2 -> inside.await(k2), k)));
  }

  /**
   * Runs {@code body} here and now; otherwise as the overload with a result.
   *
   * @param body what to run; it may await
   */
  public void run(VoidCallable body) {
    run(Asyncio.callable(body));
  }

  /**
   * Moves the limit while the block runs.
   *
   * @param when in terms of the loop's {@link dev.tandem.EventLoop#time() time}; null removes the limit, and a time
   *     that has passed lets it run out in the next pass
   * @throws IllegalStateException before the block, after it, and when time has run out
   */
  public void reschedule(Duration when) {
    JavaBlocksKt.reschedule(limit, when);
  }

  /**
   * Returns when time runs out.
   *
   * @return in terms of the loop's {@link dev.tandem.EventLoop#time() time}; null without a limit
   */
  public Duration when() {
    return JavaBlocksKt.whenOf(limit);
  }

  /**
   * Returns whether time has run out, also if the block caught the cancellation.
   *
   * @return whether it has
   */
  public boolean expired() {
    return limit.expired();
  }

  /**
   * Returns the object that Kotlin code uses.
   *
   * @return what this is a face of
   */
  public dev.tandem.Timeout asKotlin() {
    return limit;
  }

  @Override
  public String toString() {
    return limit.toString();
  }
}
