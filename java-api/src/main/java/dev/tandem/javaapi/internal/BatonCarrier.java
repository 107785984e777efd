package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * A carrier that is a thread: it and whoever resumes it pass the loop's turn to and fro like a baton.
 *
 * <p>The turn itself, {@link SingleThreadLoop#hasTurn}, is the flag that both sides wait on. It has one holder, is
 * written before the other side is woken, and is read again after each wake-up: none is lost, and one for no reason
 * does no harm. It also orders what the two tell each other in plain fields.
 *
 * <p>An interrupt does not disturb the hand-over: it is remembered, and the thread's flag is set again afterwards.
 */
final class BatonCarrier implements Carrier, Runnable {
  private final BatonCarriers owner;
  private final SingleThreadLoop loop;
  private final Thread thread;

  /** What the thread runs, or shall run when it gets the turn. Turn holder only. */
  private Runnable code;

  private boolean started;

  /** Who resumed this carrier last and waits for the turn to come back. Turn holder only. */
  private Thread giver;

  /** The loop was closed: the turn comes no more. Written by the thread that closes the loop. */
  private volatile boolean abandoned;

  BatonCarrier(BatonCarriers owner, SingleThreadLoop loop, ThreadFactory threads) {
    this.owner = owner;
    this.loop = loop;
    thread = threads.newThread(this);
  }

  void load(String name, Runnable code) {
    thread.setName(name);
    this.code = code;
  }

  @Override
  public void resume() {
    giver = Thread.currentThread();
    loop.passTurn(thread);
    if (started) {
      LockSupport.unpark(thread);
    } else {
      start();
    }
    awaitTurn();
  }

  @Override
  public void suspend() {
    giveTurnBack();
    if (!awaitTurn()) {
      throw new CoroutineAbandonedError();
    }
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
      giveTurnBack();
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
      loop.passTurn(giver);
      owner.forget(this);
      throw new IllegalStateException(
          "No thread can be started for a task: the operating system gives this process no more of them. Let fewer "
              + "tasks wait at once, or run on JDK 21 or later, where tasks run on virtual threads.",
          e);
    }
  }

  private void giveTurnBack() {
    Thread to = giver;
    loop.passTurn(to);
    LockSupport.unpark(to);
  }

  /** Returns true with the turn, or false if it comes no more. */
  private boolean awaitTurn() {
    boolean interrupted = false;
    while (!loop.hasTurn() && !abandoned) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !abandoned;
  }
}
