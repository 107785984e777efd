package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.util.Objects;

/**
 * A flag that tasks wait for.
 *
 * <pre>{@code
 * var ready = new Event();
 * createTask(() -> {
 *   prepare();
 *   ready.set();
 * });
 * await(ready.await());
 * }</pre>
 *
 * <p><b>Threading.</b> Tasks of one loop; another thread sets it with {@code loop.callSoonThreadsafe(event::set)}.
 * <b>Python.</b> {@code asyncio.Event}; {@code wait} is called {@link #await()} here, since every Java object has a
 * {@code wait} of its own.
 */
public final class Event {
  private final dev.tandem.Event event;

  /** Makes an event that is not set. */
  public Event() {
    this(new dev.tandem.Event());
  }

  /**
   * Makes a face of an event that Kotlin code uses as well.
   *
   * @param event the event of both
   */
  public Event(dev.tandem.Event event) {
    this.event = Objects.requireNonNull(event, "event");
  }

  /** Sets the flag and wakes all that wait, even if it is cleared again before they run. */
  public void set() {
    event.set();
  }

  /** Clears the flag. */
  public void clear() {
    event.clear();
  }

  /**
   * Returns whether the flag is set.
   *
   * @return whether nobody would have to wait
   */
  public boolean isSet() {
    return event.isSet();
  }

  /**
   * Waits until the flag is set; goes on at once if it is.
   *
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> await() {
    return SuspendingCall.withoutResult("Event.await", event::await);
  }

  /**
   * Returns the event as Kotlin code uses it.
   *
   * @return what this is a face of
   */
  public dev.tandem.Event asKotlin() {
    return event;
  }

  @Override
  public String toString() {
    return event.toString();
  }
}
