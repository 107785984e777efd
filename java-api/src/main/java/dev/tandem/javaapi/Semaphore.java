package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.util.Objects;
import kotlin.Unit;

/**
 * A number of permits for tasks to take and give back, fair: first come, first served. Closing the semaphore gives one
 * permit back, so that try-with-resources holds one for a block:
 *
 * <pre>{@code
 * var atMostTen = new Semaphore(10);
 * try (var permit = await(atMostTen.acquire())) {
 *   return await(fetch(address));
 * }
 * }</pre>
 *
 * <p><b>Cancellation.</b> A task cancelled while it waits takes no permit, and one that was about to get a permit passes
 * it on. <b>Threading.</b> Tasks of one loop. <b>Python.</b> {@code asyncio.Semaphore}; {@code async with semaphore} is
 * the block above.
 */
public sealed class Semaphore implements AutoCloseable permits BoundedSemaphore {
  private final dev.tandem.Semaphore semaphore;

  /** Makes a semaphore with one permit. */
  public Semaphore() {
    this(1);
  }

  /**
   * Makes a semaphore.
   *
   * @param permits how many permits are free at first
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    this(new dev.tandem.Semaphore(permits));
  }

  /**
   * Makes a face of a semaphore that Kotlin code uses as well.
   *
   * @param semaphore the semaphore of both
   */
  public Semaphore(dev.tandem.Semaphore semaphore) {
    this.semaphore = Objects.requireNonNull(semaphore, "semaphore");
  }

  /**
   * Takes a permit, waiting until there is one and it is this task's turn.
   *
   * @return a coroutine of this semaphore, for try-with-resources
   */
  public Coroutine<Semaphore> acquire() {
    return SuspendingCall.<Unit, Semaphore>coroutine(
        "Semaphore.acquire", semaphore::acquire, acquired -> this);
  }

  /**
   * Gives a permit back; the task that has waited longest gets it. A semaphore may so come to more permits than it began
   * with, a {@link BoundedSemaphore} may not.
   */
  public void release() {
    semaphore.release();
  }

  /** Gives a permit back: {@link #release}, under the name that try-with-resources calls. */
  @Override
  public void close() {
    release();
  }

  /**
   * Returns whether {@link #acquire} would have to wait.
   *
   * @return whether no permit is free for a newcomer
   */
  public boolean locked() {
    return semaphore.locked();
  }

  /**
   * Returns the semaphore as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Semaphore asKotlin() {
    return semaphore;
  }

  @Override
  public String toString() {
    return semaphore.toString();
  }
}
