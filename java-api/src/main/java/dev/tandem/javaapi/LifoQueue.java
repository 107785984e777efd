package dev.tandem.javaapi;

/**
 * A queue that gives the newest item first.
 *
 * <p><b>Python.</b> {@code asyncio.LifoQueue}.
 *
 * @param <T> the type of the items
 */
public final class LifoQueue<T> extends Queue<T> {
  /** Makes a queue that has room for any number of items. */
  public LifoQueue() {
    this(0);
  }

  /**
   * Makes a queue.
   *
   * @param maxSize how many items it holds before {@link #put} waits; zero or less: no limit
   */
  public LifoQueue(int maxSize) {
    this(new dev.tandem.LifoQueue<>(maxSize));
  }

  /**
   * Makes a face of a queue that Kotlin code uses as well.
   *
   * @param queue the queue of both
   */
  public LifoQueue(dev.tandem.LifoQueue<T> queue) {
    super(queue);
  }

  @Override
  public dev.tandem.LifoQueue<T> asKotlin() {
    return (dev.tandem.LifoQueue<T>) super.asKotlin();
  }
}
