package dev.tandem.benchmarks;

import dev.tandem.javaapi.internal.CarrierKind;
import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * Code that gives a turn away and gets it back, without a loop: what an await that switches threads cannot do without.
 *
 * <p>A round trip is two switches, away and back.
 */
final class Baton {
  private final int roundTrips;
  private final Thread first;
  private final Thread second;
  private volatile Thread holder;

  private Baton(ThreadFactory threads, int roundTrips) {
    this.roundTrips = roundTrips;
    first = threads.newThread(this::takeTurns);
    second = threads.newThread(this::takeTurns);
  }

  /** Makes {@code roundTrips} of them between threads of {@code kind}. */
  static void pass(CarrierKind kind, int roundTrips) throws Exception {
    switch (kind) {
      case PLATFORM -> new Baton(Thread::new, roundTrips).run();
      case VIRTUAL -> new Baton(virtualThreads(), roundTrips).run();
      case MOUNTED -> mountAgainAndAgain(roundTrips);
    }
  }

  private void run() throws InterruptedException {
    holder = first;
    first.start();
    second.start();
    first.join();
    second.join();
  }

  private void takeTurns() {
    Thread self = Thread.currentThread();
    Thread peer = self == first ? second : first;
    for (int i = 0; i < roundTrips; i++) {
      while (holder != self) {
        LockSupport.park(this);
      }
      holder = peer;
      LockSupport.unpark(peer);
    }
  }

  /** The calling thread is the scheduler of a virtual thread, which yields to it. */
  private static void mountAgainAndAgain(int roundTrips) throws ReflectiveOperationException {
    var runnable = new Runnable[1];
    Executor scheduler = next -> runnable[0] = next;
    Thread thread = newThread(scheduler, () -> {
      for (int i = 0; i < roundTrips; i++) {
        Thread.yield();
      }
    });
    thread.start();
    while (runnable[0] != null) {
      Runnable next = runnable[0];
      runnable[0] = null;
      next.run();
    }
  }

  // Compiled for JDK 17, which knows no virtual threads: they are reached by name.

  private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    return (ThreadFactory)
        Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
  }

  private static Thread newThread(Executor scheduler, Runnable code)
      throws ReflectiveOperationException {
    Constructor<?> newBuilder = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
        .getDeclaredConstructor(Executor.class);
    newBuilder.setAccessible(true);
    return (Thread) Class.forName("java.lang.Thread$Builder")
        .getMethod("unstarted", Runnable.class)
        .invoke(newBuilder.newInstance(scheduler), code);
  }
}
