package dev.tandem.javaapi.internal;

import dev.tandem.Task;
import dev.tandem.internal.Cycle;
import dev.tandem.internal.SingleThreadLoop;
import dev.tandem.internal.Turn;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * A carrier that is a thread: it and others pass the loop's turn on like a baton, see {@link Turn}.
 *
 * <p>While its code waits, the thread drives the loop itself, unless another one waits for the turn to come back: what
 * comes next is often this very code, and then no thread is switched.
 *
 * <p>An interrupt does not disturb the hand-over: it is remembered, and the thread's flag is set again afterwards.
 */
final class BatonCarrier implements Carrier, Runnable {
  private final BatonCarriers owner;
  private final Turn turn;
  private final Cycle cycle;
  private final Thread thread;
  private final Runnable takeOver = this::takeOver;

  /** What the thread runs, or shall run when it gets the turn. Turn holder only. */
  private Runnable code;

  private boolean started;

  /** Who resumed this carrier and waits for the turn to come back; null if nobody does. Turn holder only. */
  private Thread giver;

  /** The loop was closed: the turn comes no more. Written by the thread that closes the loop. */
  private volatile boolean abandoned;

  BatonCarrier(BatonCarriers owner, SingleThreadLoop loop, ThreadFactory threads) {
    this.owner = owner;
    turn = loop.turn;
    cycle = loop.cycle;
    thread = threads.newThread(this);
  }

  void load(String name, Runnable code) {
    thread.setName(name);
    this.code = code;
  }

  @Override
  public void resume() {
    giver = Thread.currentThread();
    turn.pass(thread);
    if (!started) {
      start();
    }
    if (turn.await()) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean succeed(Task<?> task) {
    boolean standsBelow = Thread.currentThread() == thread;
    return cycle.succeed(takeOver, task, standsBelow);
  }

  @Override
  public boolean hasSucceeded() {
    return giver == null && turn.isMine();
  }

  @Override
  public boolean suspend() {
    if (giver != null) {
      turn.pass(giver);
    } else {
      cycle.leaveStep();
      cycle.lead();
    }
    if (!awaitTurn()) {
      throw new CoroutineAbandonedError();
    }
    return true;
  }

  /** The thread: runs one code after the other, as long as its owner has use for it. */
  @Override
  public void run() {
    boolean kept;
    do {
      code.run();
      code = null;
      if (abandoned) {
        return;
      }
      // An interrupt that came too late for this code must not hit the next.
      Thread.interrupted();
      kept = owner.keep(this);
      if (giver != null) {
        turn.pass(giver);
      } else {
        cycle.passOn();
      }
    } while (kept && awaitTurn());
  }

  /** For the one who closes the loop: ends the thread; code that waits in {@link #suspend} is unwound. */
  void abandon() {
    abandoned = true;
    LockSupport.unpark(thread);
    join();
  }

  /** Waits until the thread has ended. */
  void join() {
    Threads.join(thread);
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  private void start() {
    started = true;
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      turn.pass(giver);
      owner.forget(this);
      throw new IllegalStateException(
          "No thread can be started for a task: the operating system gives this process no more of them. Let fewer "
              + "tasks wait at once, or run on JDK 21 or later, where tasks run on virtual threads.",
          e);
    }
  }

  /** Takes the turn from an entry that has returned. */
  private void takeOver() {
    giver = null;
    if (Thread.currentThread() != thread) {
      turn.pass(thread);
    }
  }

  /** Returns true with the turn, or false if it comes no more. */
  private boolean awaitTurn() {
    boolean interrupted = false;
    while (!turn.isMine() && !abandoned) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !abandoned;
  }
}
