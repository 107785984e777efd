package dev.tandem.javaapi.internal;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The thread that a loop of Java's lives on, of the kind that its tasks' carriers go with: to hand over between threads
 * of one kind is cheap. Others give it calls and wait for them.
 *
 * <p>A daemon: who needs the loop waits for it. Any thread may call what is public here.
 */
public final class LoopThread {
  private final LinkedBlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
  private final Thread thread;

  /** Written by the thread itself. */
  private boolean ended;

  /** Starts the thread. */
  public LoopThread() {
    thread = CarrierKind.chosen().threads().newThread(this::runCalls);
    thread.setName("tandem-loop");
    thread.start();
  }

  /** Starts {@code code} after what was given before. */
  public <T> Call<T> start(Callable<T> code) {
    var call = new Call<>(code);
    calls.add(call);
    return call;
  }

  /** Ends the thread after what was given before, and waits for that. */
  public void end() {
    calls.add(() -> ended = true);
    awaitEnd();
  }

  /** Waits until somebody's {@link #end} has taken effect. */
  public void awaitEnd() {
    Threads.join(thread);
  }

  private void runCalls() {
    while (!ended) {
      try {
        calls.take().run();
      } catch (InterruptedException e) {
        // A callback of the loop has interrupted its own thread: that was no request to stop.
      }
    }
  }

  /** A call that the thread was given. */
  public static final class Call<T> implements Runnable {
    private final Callable<T> code;
    private final CountDownLatch done = new CountDownLatch(1);

    // Written before the latch opens, read after.
    private T result;
    private Throwable failure;

    private Call(Callable<T> code) {
      this.code = code;
    }

    /** The thread's part. */
    @Override
    public void run() {
      try {
        result = code.call();
      } catch (Throwable e) {
        failure = e;
      }
      done.countDown();
    }

    /** Waits for the call and returns its result or throws its exception itself. */
    public T join() {
      return join(() -> {});
    }

    /**
     * Waits as {@link #join()}. An interrupt of the waiting thread does not end the wait but runs {@code onInterrupt};
     * the thread's flag is set again afterwards.
     */
    public T join(Runnable onInterrupt) {
      boolean interrupted = false;
      while (true) {
        try {
          done.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          onInterrupt.run();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure != null) {
        throw Unchecked.raise(failure);
      }
      return result;
    }
  }
}
