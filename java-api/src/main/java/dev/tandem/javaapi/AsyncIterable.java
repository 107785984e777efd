package dev.tandem.javaapi;

import dev.tandem.AsyncIterator;
import dev.tandem.internal.FlowIterator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a task iterates over while it waits for each value: a Kotlin flow, or an asynchronous iterator. Made by {@link
 * Suspending#iterate}, for one iteration.
 *
 * <p>A flow runs in the task that iterates over it, and only while that task waits for the next value. When the
 * iteration has met its end, or an exception, nothing is left to do. <b>Who may leave it before closes it</b>, so that
 * the flow is cancelled and its {@code finally} blocks run; the end of the task does the same, but nobody waits for it.
 *
 * <pre>{@code
 * try (var users = iterate(repository.allUsers())) {
 *   for (User user : users) {
 *     if (user.isAdmin()) {
 *       return user;
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p><b>Cancellation.</b> Cancelling the task while it waits for a value cancels the flow. <b>Threading.</b> The task
 * that began the iteration. <b>Python.</b> {@code async for}, and {@code contextlib.aclosing} around it.
 *
 * @param <T> the type of the values
 */
public final class AsyncIterable<T> implements Iterable<T>, AutoCloseable {
  private final AsyncIterator<? extends T> source;
  private boolean begun;

  AsyncIterable(AsyncIterator<? extends T> source) {
    this.source = Objects.requireNonNull(source, "There is nothing to iterate over: null.");
  }

  /**
   * Returns the iterator, whose {@code hasNext} and {@code next} wait for the next value and throw what the flow throws,
   * itself.
   *
   * @return the iterator
   * @throws IllegalStateException if this was asked for before
   */
  @Override
  public Iterator<T> iterator() {
    if (begun) {
      throw new IllegalStateException(
          "This was iterated over already. Each iteration needs one of its own: write iterate(...) in the for loop, or "
              + "in the try above it.");
    }
    begun = true;
    return new Values<>(source);
  }

  /**
   * Returns the values as a sequential stream, whose terminal operation runs in the current task and waits for each. One
   * that needs only some of the values, such as {@code findFirst}, leaves the rest to {@link Stream#close}, which is
   * {@link #close}.
   *
   * <pre>{@code
   * try (var users = iterate(repository.allUsers()).stream()) {
   *   return users.map(User::name).limit(10).toList();
   * }
   * }</pre>
   *
   * @return the stream
   * @throws IllegalStateException as {@link #iterator}
   */
  public Stream<T> stream() {
    var values = Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED);
    return StreamSupport.stream(values, false).onClose(this::close);
  }

  /**
   * Cancels what is left of a flow and waits until it has ended. Does nothing if it has ended, or has not begun, or if
   * this iterates over something other than a flow.
   */
  @Override
  public void close() {
    begun = true;
    if (source instanceof FlowIterator<?> flow && flow.isOpen()) {
      Asyncio.await(flow::close);
    }
  }

  /** Python's {@code __anext__} in the shape of a Java iterator. */
  private static final class Values<T> implements Iterator<T> {
    private final AsyncIterator<? extends T> source;

    /** What the source said last; null when it is to be asked. */
    private Boolean found;

    Values(AsyncIterator<? extends T> source) {
      this.source = source;
    }

    @Override
    public boolean hasNext() {
      if (found == null) {
        found = Asyncio.await(source::hasNext);
      }
      return found;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("There are no more values.");
      }
      found = null;
      return source.next();
    }
  }
}
