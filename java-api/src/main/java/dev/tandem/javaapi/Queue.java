package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import java.util.Objects;

/**
 * A queue between tasks, first in first out; a bounded one makes who puts wait. Null is an item like any other.
 *
 * <pre>{@code
 * var jobs = new Queue<Job>(100);
 * createTask(() -> {
 *   while (true) {
 *     work(await(jobs.get()));
 *     jobs.taskDone();
 *   }
 * });
 * await(jobs.put(job));
 * await(jobs.join());
 * }</pre>
 *
 * <p>A queue that keeps another order is a subclass of {@link dev.tandem.Queue} with a face: {@code new Queue<>(own)}.
 *
 * <p><b>Cancellation.</b> A cancelled {@link #get} takes nothing, a cancelled {@link #put} adds nothing, and a wake-up
 * that came with the cancellation goes to the next. <b>Threading.</b> Tasks of one loop; another thread puts with {@code
 * loop.callSoonThreadsafe(() -> queue.putNoWait(item))}. <b>Python.</b> {@code asyncio.Queue}.
 *
 * @param <T> the type of the items
 */
public sealed class Queue<T> permits PriorityQueue, LifoQueue {
  private final dev.tandem.Queue<T> queue;

  /** Makes a queue that has room for any number of items. */
  public Queue() {
    this(0);
  }

  /**
   * Makes a queue.
   *
   * @param maxSize how many items it holds before {@link #put} waits; zero or less: no limit
   */
  public Queue(int maxSize) {
    this(new dev.tandem.Queue<>(maxSize));
  }

  /**
   * Makes a face of a queue that Kotlin code uses as well.
   *
   * @param queue the queue of both
   */
  public Queue(dev.tandem.Queue<T> queue) {
    this.queue = Objects.requireNonNull(queue, "queue");
  }

  /**
   * Adds {@code item}, waiting until there is room.
   *
   * @param item what to add
   * @return a coroutine; it fails with a {@link dev.tandem.QueueShutDownException} if the queue is shut down, also
   *     meanwhile
   */
  public Coroutine<Void> put(T item) {
    return SuspendingCall.withoutResult("Queue.put", k -> queue.put(item, k));
  }

  /**
   * Adds {@code item} at once.
   *
   * @param item what to add
   * @throws dev.tandem.QueueFullException if there is no room
   * @throws dev.tandem.QueueShutDownException if the queue is shut down
   */
  public void putNoWait(T item) {
    queue.putNoWait(item);
  }

  /**
   * Takes an item, waiting until there is one.
   *
   * @return a coroutine of the item; it fails with a {@link dev.tandem.QueueShutDownException} if the queue is shut down
   *     and empty, also meanwhile
   */
  public Coroutine<T> get() {
    return CoroutineKt.coroutine("Queue.get", k -> queue.get(k));
  }

  /**
   * Takes an item at once.
   *
   * @return the item
   * @throws dev.tandem.QueueEmptyException if there is none
   * @throws dev.tandem.QueueShutDownException if there is none and the queue is shut down
   */
  public T getNoWait() {
    return queue.getNoWait();
  }

  /**
   * Says that the work on one item that was taken is done; {@link #join} waits for that.
   *
   * @throws IllegalArgumentException if it was said for every item already
   */
  public void taskDone() {
    queue.taskDone();
  }

  /**
   * Waits until {@link #taskDone} was called for every item that was ever put.
   *
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> join() {
    return SuspendingCall.withoutResult("Queue.join", queue::join);
  }

  /** Closes the queue: from now on {@link #put} fails, and {@link #get} fails once the queue is empty. */
  public void shutdown() {
    shutdown(false);
  }

  /**
   * Closes the queue: from now on {@link #put} fails, and {@link #get} fails once the queue is empty.
   *
   * @param immediate whether to drop the items in the queue, which then count as done
   */
  public void shutdown(boolean immediate) {
    queue.shutdown(immediate);
  }

  /**
   * Returns how many items are in the queue.
   *
   * <p><b>Python.</b> {@code qsize()}.
   *
   * @return the number of items
   */
  public int size() {
    return queue.size();
  }

  /**
   * Returns whether the queue has no items.
   *
   * @return whether {@link #get} would have to wait
   */
  public boolean empty() {
    return queue.empty();
  }

  /**
   * Returns whether there is no room for another item.
   *
   * @return whether {@link #put} would have to wait; never if there is no limit
   */
  public boolean full() {
    return queue.full();
  }

  /**
   * Returns how many items the queue holds before {@link #put} waits.
   *
   * @return the limit; zero or less: none
   */
  public int maxSize() {
    return queue.getMaxSize();
  }

  /**
   * Returns the queue as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Queue<T> asKotlin() {
    return queue;
  }

  @Override
  public String toString() {
    return queue.toString();
  }
}
