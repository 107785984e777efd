package dev.tandem.javaapi.internal;

/**
 * A stack of its own for Java code that takes part in a task, so that the code can stand in an {@code await} while the
 * loop does other things. The seam behind which the kinds of carriers differ.
 *
 * <p>The code runs only while it has the loop's turn. Whoever has the turn gives it with {@link #resume}, and gets it
 * back when the code suspends or ends: the two never run at the same time.
 */
interface Carrier {
  /** Turn holder. Gives the turn to the code, at first from its start, and returns when it has come back. */
  void resume();

  /**
   * Called by the code itself. Gives the turn back and returns when the code is resumed.
   *
   * @throws CoroutineAbandonedError if the loop was closed instead
   */
  void suspend();
}
