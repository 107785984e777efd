package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import kotlin.Unit;

/**
 * Lets tasks that share a lock wait for a change that another one announces.
 *
 * <pre>{@code
 * try (var held = await(condition.acquire())) {
 *   await(condition.await(() -> stock > 0));
 *   stock--;
 * }
 * }</pre>
 *
 * <p><b>Cancellation.</b> A cancelled {@link #await()} ends holding the lock, as every end of it does; one that was
 * signalled and then cancelled passes the signal on. <b>Threading.</b> Tasks of one loop. <b>Python.</b> {@code
 * asyncio.Condition}; {@code wait}, {@code notify} and {@code notify_all} are called {@link #await()}, {@link #signal()}
 * and {@link #signalAll}, as in {@link java.util.concurrent.locks.Condition}.
 */
public final class Condition implements AutoCloseable {
  private final dev.tandem.Condition condition;

  /** Makes a condition with a lock of its own. */
  public Condition() {
    this(new Lock());
  }

  /**
   * Makes a condition of {@code lock}; several conditions may share one.
   *
   * @param lock protects what is waited for
   */
  public Condition(Lock lock) {
    this(new dev.tandem.Condition(lock.asKotlin()));
  }

  /**
   * Makes a face of a condition that Kotlin code uses as well.
   *
   * @param condition the condition of both
   */
  public Condition(dev.tandem.Condition condition) {
    this.condition = Objects.requireNonNull(condition, "condition");
  }

  /**
   * Waits until the lock is free and takes it.
   *
   * @return a coroutine of this condition, for try-with-resources, which releases the lock
   */
  public Coroutine<Condition> acquire() {
    return SuspendingCall.<Unit, Condition>coroutine(
        "Condition.acquire", condition::acquire, acquired -> this);
  }

  /**
   * Frees the lock; the task that has waited longest gets it.
   *
   * @throws IllegalStateException if the lock is not held
   */
  public void release() {
    condition.release();
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
    return condition.locked();
  }

  /**
   * Frees the lock, waits for a signal, and takes the lock again.
   *
   * @return a coroutine; it fails with an {@link IllegalStateException} if the lock is not held
   */
  public Coroutine<Void> await() {
    return SuspendingCall.withoutResult("Condition.await", condition::await);
  }

  /**
   * Waits until {@code predicate} is true, asking again after each signal; goes on at once if it is.
   *
   * <p><b>Python.</b> {@code wait_for}, which returns what the predicate returned.
   *
   * @param predicate what to wait for; asked while the lock is held, it cannot await
   * @return a coroutine; it fails with an {@link IllegalStateException} if it has to wait and the lock is not held, and
   *     with what {@code predicate} throws
   */
  public Coroutine<Void> await(BooleanSupplier predicate) {
    Objects.requireNonNull(predicate, "predicate");
    return SuspendingCall.withoutResult(
        "Condition.await", k -> condition.await(predicate::getAsBoolean, k));
  }

  /**
   * Wakes the task that has waited longest; it goes on when it gets the lock. Nobody waits: nothing happens.
   *
   * @throws IllegalStateException if the lock is not held
   */
  public void signal() {
    signal(1);
  }

  /**
   * Wakes up to {@code count} tasks that wait; they go on when they get the lock.
   *
   * @param count how many at most
   * @throws IllegalStateException if the lock is not held
   */
  public void signal(int count) {
    condition.signal(count);
  }

  /**
   * Wakes all tasks that wait.
   *
   * @throws IllegalStateException if the lock is not held
   */
  public void signalAll() {
    condition.signalAll();
  }

  /**
   * Returns the condition as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Condition asKotlin() {
    return condition;
  }

  @Override
  public String toString() {
    return condition.toString();
  }
}
