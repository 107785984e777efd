package dev.tandem.javaapi;

import dev.tandem.Clock;
import dev.tandem.Context;
import dev.tandem.ContextKt;
import dev.tandem.Coroutine;
import dev.tandem.CurrentTaskKt;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.SystemClock;
import dev.tandem.Task;
import dev.tandem.javaapi.internal.JavaBody;
import dev.tandem.javaapi.internal.LoopThread;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * A loop for several runs, one after the other: they share the loop and one context. To be closed at the end.
 *
 * <p>The loop lives on a thread of its own, platform or virtual as its tasks' carriers ask for, and the calling thread waits. For
 * a single run, {@link Asyncio#run} makes and closes one.
 *
 * <p><b>Interrupts.</b> Interrupting the thread that waits in {@link #run} cancels the main task, which can clean up and
 * also go on; {@code run} returns when it has ended, and the thread's interrupt flag is set. On the main thread, Ctrl-C
 * does the same, as long as the application does not handle that signal itself: {@code run} then throws a {@link
 * dev.tandem.KeyboardInterruptException}, and a second Ctrl-C ends the process.
 *
 * <p><b>Threading.</b> One thread. <b>Python.</b> {@code asyncio.Runner}.
 *
 * <pre>{@code
 * try (var runner = new Runner(new VirtualClock())) {   // a test that takes no time
 *   runner.run(() -> await(sleep(Duration.ofHours(1))));
 * }
 * }</pre>
 */
public final class Runner implements AutoCloseable {
  private final LoopThread thread = new LoopThread();
  private final Context context = ContextKt.copyContext();
  private final dev.tandem.Runner runner;
  private final EventLoop loop;
  private boolean closed;

  /** Makes a runner on the machine's clock. */
  public Runner() {
    this(SystemClock.INSTANCE);
  }

  /**
   * Makes a runner whose loop takes its time from {@code clock}.
   *
   * @param clock for tests, a {@link dev.tandem.VirtualClock}
   */
  public Runner(Clock clock) {
    runner = new dev.tandem.Runner(null, Objects.requireNonNull(clock, "clock"));
    loop = thread.start(runner::loop).join();
  }

  /**
   * Runs {@code body} as a task of the loop and returns its result, or throws what it throws, itself.
   *
   * <p>Tasks that are left then stay, until the next run or {@link #close}.
   *
   * @param body the main task
   * @param <T> the type of the result
   * @return what {@code body} returns
   * @throws IllegalStateException inside a task, or if this runner is closed
   */
  public <T> T run(Callable<T> body) {
    checkOpen();
    Objects.requireNonNull(body, "body");
    var main = new MainTask<>(body);
    return thread
        .start(() -> runner.run(JavaBody.coroutine(null, main), context))
        .join(() -> loop.callSoonThreadsafe(main::cancel));
  }

  /**
   * Runs {@code body}; otherwise as the overload with a result.
   *
   * @param body the main task
   */
  public void run(VoidCallable body) {
    run(Asyncio.callable(body));
  }

  /**
   * Runs {@code coroutine}; otherwise as the overload with a body.
   *
   * @param coroutine the main task's body
   * @param <T> the type of the result
   * @return the result of {@code coroutine}
   */
  public <T> T run(Coroutine<T> coroutine) {
    return run(() -> Asyncio.await(coroutine));
  }

  /**
   * Returns the loop. It belongs to a thread of the runner's: other threads reach it with {@link
   * EventLoop#callSoonThreadsafe}.
   *
   * @return the loop, the same for all runs
   */
  public EventLoop loop() {
    return loop;
  }

  /**
   * Cancels the tasks that are left and waits for them, then for the loop's executor, and closes the loop. The threads
   * of its tasks have ended when this returns. A second call does nothing.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      thread.start(Asyncio.callable(runner::close)).join();
    } finally {
      thread.end();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("This runner is closed.");
    }
    if (EventLoopKt.runningLoopOrNull() != null) {
      throw new IllegalStateException(
          "run() inside a task, whose loop would stand still meanwhile. Await instead: await(async(() -> { ... })).");
    }
  }

  /** The body of a run, and its task, which starts before a request to cancel it can come in. Loop thread only. */
  private static final class MainTask<T> implements Callable<T> {
    private final Callable<T> body;
    private Task<?> task;

    MainTask(Callable<T> body) {
      this.body = body;
    }

    @Override
    public T call() throws Exception {
      task = CurrentTaskKt.currentTask();
      return body.call();
    }

    void cancel() {
      task.cancel("The thread that waits for the run was interrupted.");
    }
  }
}
