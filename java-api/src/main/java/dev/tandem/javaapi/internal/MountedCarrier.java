package dev.tandem.javaapi.internal;

import dev.tandem.Task;
import dev.tandem.internal.SingleThreadLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;

/**
 * A carrier that is a virtual thread mounted on the thread of the loop: to give it the turn is to run it, on the loop's
 * own stack, until it gives way. No thread is switched.
 *
 * <p>It gives way by {@code Thread.yield()}, which comes back at once where the thread is pinned; to park while pinned
 * would block the loop for good. A thread that gives way without having said so stands in a blocking call: the loop then
 * waits for it, as it would for any other task that blocks.
 *
 * <p>Owner: whoever has the turn, but for {@link #execute}.
 */
final class MountedCarrier implements Carrier, Executor {
  private static final AtomicReferenceFieldUpdater<MountedCarrier, Runnable> RUNNABLE =
      AtomicReferenceFieldUpdater.newUpdater(MountedCarrier.class, Runnable.class, "runnable");

  private final MountedCarriers owner;
  private final SingleThreadLoop loop;
  private final Thread thread;
  private boolean started;
  private boolean ended;

  /** Whether the code has the turn, also while it is in a blocking call. */
  private boolean running;

  /** A carrier that the code wants to have run while it stands still: one virtual thread cannot run another. */
  private MountedCarrier guest;

  private boolean abandoned;

  /**
   * What runs the thread on, once it can. Set by any thread that unblocks it, which then wakes the host: the write needs
   * to be seen no earlier than that.
   */
  private volatile Runnable runnable;

  /** The thread that the code is mounted on, or was last; it waits while the code blocks. */
  private volatile Thread host;

  MountedCarrier(MountedCarriers owner, SingleThreadLoop loop, String name, Runnable code) {
    this.owner = owner;
    this.loop = loop;
    thread = SchedulableThreads.newThread(this, () -> {
      code.run();
      ended = true;
      running = false;
    });
    thread.setName(name);
  }

  @Override
  public void resume() {
    JavaCall caller = JavaCall.current();
    if (caller != null) {
      ((MountedCarrier) caller.carrier()).runGuest(this);
      return;
    }
    Thread giver = Thread.currentThread();
    loop.turn.lend(thread);
    run();
    loop.turn.lend(giver);
  }

  /** To run the code inside of the entry costs nothing. */
  @Override
  public boolean succeed(Task<?> task) {
    return false;
  }

  @Override
  public boolean hasSucceeded() {
    return false;
  }

  @Override
  public boolean suspend() {
    boolean suspended = giveWay();
    if (abandoned) {
      throw new CoroutineAbandonedError();
    }
    return suspended;
  }

  /** The thread's scheduler, called by whoever makes it runnable. */
  @Override
  public void execute(Runnable runnable) {
    RUNNABLE.lazySet(this, runnable);
    if (host != Thread.currentThread()) {
      LockSupport.unpark(host);
    }
  }

  /** For the one who closes the loop: unwinds the code, and ends the thread. */
  void abandon() {
    abandoned = true;
    run();
  }

  /** Runs the code on the calling thread until it suspends or ends. */
  private void run() {
    running = true;
    if (host != Thread.currentThread()) {
      host = Thread.currentThread();
    }
    if (!started) {
      started = true;
      thread.start();
    }
    boolean interrupted = false;
    while (running) {
      Runnable next = runnable;
      if (next == null) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
        continue;
      }
      RUNNABLE.lazySet(this, null);
      next.run();
      if (guest != null) {
        runGuestHere();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (ended) {
      owner.forget(this);
    }
  }

  /** Called by the code, which has started other code without waiting for it. */
  private void runGuest(MountedCarrier carrier) {
    guest = carrier;
    if (!giveWay()) {
      guest = null;
      owner.forget(carrier);
      throw Misuse.pinned();
    }
  }

  private void runGuestHere() {
    MountedCarrier carrier = guest;
    guest = null;
    carrier.resume();
    loop.turn.lend(thread);
    running = true;
  }

  /** Called by the code: returns true when it has the turn again, or false if it could not give it away. */
  private boolean giveWay() {
    running = false;
    Thread.yield();
    if (running) {
      return true;
    }
    running = true;
    return false;
  }
}
