package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.Future;
import java.util.Iterator;
import java.util.Objects;

/**
 * The awaitables given to {@link Asyncio#asCompleted}, in the order in which they are done.
 *
 * <p>Iterated over itself, it gives coroutines, each of which, awaited, yields the result of the <b>next</b> one to be
 * done, or throws its exception. {@link #futures} gives the very futures and tasks that were passed in. Each of them is
 * given once, however often one begins to iterate.
 *
 * <p><b>Threading.</b> In a task. <b>Python.</b> What {@code asyncio.as_completed} returns.
 *
 * @param <T> the type of the results
 */
public final class AsCompleted<T> implements Iterable<Coroutine<T>> {
  private final dev.tandem.AsCompleted<T> completed;

  /**
   * Shows Java code what Kotlin's {@code asCompleted} has returned.
   *
   * @param completed Kotlin's object
   */
  public AsCompleted(dev.tandem.AsCompleted<T> completed) {
    this.completed = Objects.requireNonNull(completed, "completed");
  }

  /**
   * Returns the waits that are left, one for each awaitable. Taking one does not wait, awaiting it does; it fails with
   * a {@link dev.tandem.TimeoutException} if time runs out first.
   *
   * @return an iterator over coroutines
   */
  @Override
  @SuppressWarnings(
      "unchecked") // A coroutine only gives its result: one of a subtype is one of T as well.
  public Iterator<Coroutine<T>> iterator() {
    return (Iterator<Coroutine<T>>) (Iterator<?>) completed;
  }

  /**
   * Returns the futures and tasks themselves, each once it is done: the loop over them waits. Of a coroutine that was
   * passed in, it is the task that runs it. What failed is given like the others: {@link Future#result} throws.
   *
   * <p><b>Python.</b> {@code async for task in asyncio.as_completed(...)}.
   *
   * @return what was passed in; its iterator throws a {@link dev.tandem.TimeoutException} if time runs out
   */
  public Iterable<Future<T>> futures() {
    return () -> new AsyncIterable<>(completed.futures()).iterator();
  }

  /**
   * Returns the object that Kotlin code uses.
   *
   * @return what this is a face of
   */
  public dev.tandem.AsCompleted<T> asKotlin() {
    return completed;
  }
}
