package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.util.Objects;
import kotlin.Unit;

/**
 * A mutual exclusion lock for tasks, fair: first come, first served. It is not reentrant.
 *
 * <p>Between two awaits a task needs no lock, since nobody else runs. It needs one around what several awaits must do
 * undisturbed. Closing the lock releases it, so that try-with-resources holds it for a block:
 *
 * <pre>{@code
 * try (var held = await(lock.acquire())) {
 *   counter = await(read()) + 1;
 *   await(write(counter));
 * }
 * }</pre>
 *
 * <p><b>Cancellation.</b> A task cancelled while it waits does not hold the lock, and one that was about to get it passes
 * it on. <b>Threading.</b> Tasks of one loop. <b>Python.</b> {@code asyncio.Lock}; {@code async with lock} is the block
 * above.
 */
public final class Lock implements AutoCloseable {
  private final dev.tandem.Lock lock;

  /** Makes a lock that is free. */
  public Lock() {
    this(new dev.tandem.Lock());
  }

  /**
   * Makes a face of a lock that Kotlin code uses as well.
   *
   * @param lock the lock of both
   */
  public Lock(dev.tandem.Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
  }

  /**
   * Waits until the lock is free and takes it.
   *
   * @return a coroutine of this lock, for try-with-resources
   */
  public Coroutine<Lock> acquire() {
    return SuspendingCall.<Unit, Lock>coroutine("Lock.acquire", lock::acquire, acquired -> this);
  }

  /**
   * Frees the lock, which any task may do; the task that has waited longest gets it.
   *
   * @throws IllegalStateException if the lock is not held
   */
  public void release() {
    lock.release();
  }

  /**
   * Frees the lock: {@link #release}, under the name that try-with-resources calls.
   *
   * @throws IllegalStateException if the lock is not held
   */
  @Override
  public void close() {
    release();
  }

  /**
   * Returns whether a task holds the lock.
   *
   * @return whether it is held
   */
  public boolean locked() {
    return lock.locked();
  }

  /**
   * Returns the lock as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Lock asKotlin() {
    return lock;
  }

  @Override
  public String toString() {
    return lock.toString();
  }
}
