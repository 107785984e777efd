package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import java.util.Objects;

/**
 * Lets a fixed number of tasks wait for each other: when the last one arrives, all go on, and the barrier can be used
 * again.
 *
 * <pre>{@code
 * var allLoaded = new Barrier(3);
 * for (var part : parts) {          // three of them
 *   createTask(() -> {
 *     load(part);
 *     await(allLoaded.await());
 *     show(part);
 *   });
 * }
 * }</pre>
 *
 * <p><b>Cancellation.</b> A task cancelled while it waits no longer counts; the others wait on. <b>Threading.</b> Tasks of
 * one loop. <b>Python.</b> {@code asyncio.Barrier}; {@code wait} is called {@link #await()} here. Differs from {@link
 * java.util.concurrent.CyclicBarrier}, which a cancelled party breaks.
 */
public final class Barrier {
  private final dev.tandem.Barrier barrier;

  /**
   * Makes a barrier.
   *
   * @param parties how many tasks it waits for
   * @throws IllegalArgumentException if {@code parties} is less than one
   */
  public Barrier(int parties) {
    this(new dev.tandem.Barrier(parties));
  }

  /**
   * Makes a face of a barrier that Kotlin code uses as well.
   *
   * @param barrier the barrier of both
   */
  public Barrier(dev.tandem.Barrier barrier) {
    this.barrier = Objects.requireNonNull(barrier, "barrier");
  }

  /**
   * Waits until as many tasks as there are {@link #parties} have come, and gives how many had come before this one.
   *
   * @return a coroutine of a number from zero; it fails with a {@link dev.tandem.BrokenBarrierException} if the barrier
   *     is broken, or is aborted or reset meanwhile
   */
  public Coroutine<Integer> await() {
    return CoroutineKt.coroutine("Barrier.await", k -> barrier.await(k));
  }

  /**
   * Makes all that wait fail with {@link dev.tandem.BrokenBarrierException}, and the barrier usable (again).
   *
   * @return a coroutine, to be awaited; nothing happens before
   */
  public Coroutine<Void> reset() {
    return SuspendingCall.withoutResult("Barrier.reset", barrier::reset);
  }

  /**
   * Makes all that wait, and all that come until a {@link #reset}, fail with {@link dev.tandem.BrokenBarrierException}.
   *
   * @return a coroutine, to be awaited; nothing happens before
   */
  public Coroutine<Void> abort() {
    return SuspendingCall.withoutResult("Barrier.abort", barrier::abort);
  }

  /**
   * Returns how many tasks the barrier waits for.
   *
   * @return the number given at its making
   */
  public int parties() {
    return barrier.getParties();
  }

  /**
   * Returns how many tasks wait for the barrier to fill.
   *
   * <p><b>Python.</b> {@code n_waiting}.
   *
   * @return less than {@link #parties}; zero while those of the last round leave
   */
  public int waitingCount() {
    return barrier.getWaitingCount();
  }

  /**
   * Returns whether {@link #abort} was called and {@link #reset} was not.
   *
   * @return whether everybody who comes fails
   */
  public boolean isBroken() {
    return barrier.isBroken();
  }

  /**
   * Returns the barrier as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Barrier asKotlin() {
    return barrier;
  }

  @Override
  public String toString() {
    return barrier.toString();
  }
}
