package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that carry Java code for one loop, whatever kind of thread they are.
 *
 * <p>Owner: whoever has the loop's turn.
 */
final class BatonCarriers implements Carriers {
  private final SingleThreadLoop loop;
  private final ThreadFactory threads;
  private final int maxIdle;

  /** Carriers that run code or wait for some. */
  private final Set<BatonCarrier> alive = new HashSet<>();

  /** Those of them that wait for code; the one that was busy last is used first. */
  private final ArrayDeque<BatonCarrier> idle = new ArrayDeque<>();

  /** Carriers whose thread has nothing more to do, but may not have ended yet. */
  private final ArrayDeque<BatonCarrier> ending = new ArrayDeque<>();

  BatonCarriers(SingleThreadLoop loop, ThreadFactory threads, int maxIdle) {
    this.loop = loop;
    this.threads = threads;
    this.maxIdle = maxIdle;
  }

  @Override
  public Carrier carry(String name, Runnable code) {
    BatonCarrier carrier = idle.pollLast();
    if (carrier == null) {
      carrier = new BatonCarrier(this, loop, threads);
      alive.add(carrier);
    }
    carrier.load(name, code);
    return carrier;
  }

  /** The code of {@code carrier} has ended. Returns whether its thread shall wait for more. */
  boolean keep(BatonCarrier carrier) {
    if (idle.size() < maxIdle) {
      idle.addLast(carrier);
      return true;
    }
    forget(carrier);
    while (!ending.isEmpty() && !ending.peekFirst().isAlive()) {
      ending.pollFirst();
    }
    ending.addLast(carrier);
    return false;
  }

  /** The thread of {@code carrier} ends, or could not be started. */
  void forget(BatonCarrier carrier) {
    alive.remove(carrier);
  }

  @Override
  public void close() {
    List.copyOf(alive).forEach(BatonCarrier::abandon);
    ending.forEach(BatonCarrier::join);
    alive.clear();
    idle.clear();
    ending.clear();
  }
}
