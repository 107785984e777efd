package dev.tandem.javaapi;

/**
 * A semaphore that refuses to have more permits than it began with: a {@link #release} too many is an error where it
 * happens.
 *
 * <p><b>Python.</b> {@code asyncio.BoundedSemaphore}.
 */
public final class BoundedSemaphore extends Semaphore {
  /** Makes a semaphore with one permit. */
  public BoundedSemaphore() {
    this(1);
  }

  /**
   * Makes a semaphore.
   *
   * @param permits how many permits there are
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public BoundedSemaphore(int permits) {
    this(new dev.tandem.BoundedSemaphore(permits));
  }

  /**
   * Makes a face of a semaphore that Kotlin code uses as well.
   *
   * @param semaphore the semaphore of both
   */
  public BoundedSemaphore(dev.tandem.BoundedSemaphore semaphore) {
    super(semaphore);
  }

  /**
   * Gives a permit back; the task that has waited longest gets it.
   *
   * @throws IllegalArgumentException if all permits are free already
   */
  @Override
  public void release() {
    super.release();
  }

  @Override
  public dev.tandem.BoundedSemaphore asKotlin() {
    return (dev.tandem.BoundedSemaphore) super.asKotlin();
  }
}
