package dev.tandem.javaapi;

import java.util.Comparator;
import java.util.Objects;

/**
 * A queue that gives the smallest item first: by a comparator, or else by the items' natural order. Equal items come out
 * in no particular order, and null is no item.
 *
 * <pre>{@code
 * var urgent = new PriorityQueue<Job>(Comparator.comparing(Job::deadline));
 * }</pre>
 *
 * <p><b>Python.</b> {@code asyncio.PriorityQueue}.
 *
 * @param <T> the type of the items; without a comparator, a {@link Comparable}, or adding one fails
 */
public final class PriorityQueue<T> extends Queue<T> {
  /** Makes a queue in natural order that has room for any number of items. */
  public PriorityQueue() {
    this(0);
  }

  /**
   * Makes a queue in natural order.
   *
   * @param maxSize how many items it holds before {@link #put} waits; zero or less: no limit
   */
  public PriorityQueue(int maxSize) {
    this(new dev.tandem.PriorityQueue<>(maxSize));
  }

  /**
   * Makes a queue that has room for any number of items.
   *
   * @param comparator which item is the smaller one
   */
  public PriorityQueue(Comparator<? super T> comparator) {
    this(0, comparator);
  }

  /**
   * Makes a queue.
   *
   * @param maxSize how many items it holds before {@link #put} waits; zero or less: no limit
   * @param comparator which item is the smaller one
   */
  public PriorityQueue(int maxSize, Comparator<? super T> comparator) {
    this(new dev.tandem.PriorityQueue<>(maxSize, Objects.requireNonNull(comparator, "comparator")));
  }

  /**
   * Makes a face of a queue that Kotlin code uses as well.
   *
   * @param queue the queue of both
   */
  public PriorityQueue(dev.tandem.PriorityQueue<T> queue) {
    super(queue);
  }

  @Override
  public dev.tandem.PriorityQueue<T> asKotlin() {
    return (dev.tandem.PriorityQueue<T>) super.asKotlin();
  }
}
