package dev.tandem.javaapi;

/**
 * A {@link java.util.concurrent.Callable} without a result: a block of code that may await and may throw anything.
 *
 * <p>{@link Asyncio} takes one wherever it takes a {@code Callable}; which of the two a lambda is follows from whether it
 * returns a value.
 */
@FunctionalInterface
public interface VoidCallable {
  /**
   * Runs the code.
   *
   * @throws Exception whatever the code throws; it reaches who awaits the code as it is
   */
  void call() throws Exception;
}
