package dev.tandem.javaapi.internal;

import dev.tandem.Task;

/**
 * A stack of its own for Java code that takes part in a task, so that the code can stand in an {@code await} while the
 * loop does other things. The seam behind which the kinds of carriers differ.
 *
 * <p>The code runs only while it has the loop's turn. It gets the turn in one of two ways: from an entry of the ready
 * queue that waits until the turn comes back, {@link #resume}, or when that entry is over, {@link #succeed}.
 *
 * <p>Owner: whoever has the turn.
 */
interface Carrier {
  /** Gives the turn to the code, at first from its start, and returns when it has come back. */
  void resume();

  /**
   * Lets the code have the turn when the entry that runs now, a step of {@code task}, has returned; the turn does not
   * come back then. Returns false if that is not possible: {@link #resume} is.
   */
  boolean succeed(Task<?> task);

  /** Called by the code's thread: whether the code has its turn from {@link #succeed}. */
  boolean hasSucceeded();

  /**
   * Called by the code itself. Gives the turn away and returns true when the code has it again; or returns false if the
   * code cannot leave its thread now.
   *
   * @throws CoroutineAbandonedError if the loop was closed instead
   */
  boolean suspend();
}
