package dev.tandem.javaapi;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.Task;
import dev.tandem.ThreadsKt;
import dev.tandem.TimeoutException;
import dev.tandem.javaapi.internal.LoopThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A loop that runs behind an ordinary application, which hands it tasks and gets {@link CompletableFuture}s. Made by
 * {@link Asyncio#start}, to be closed at the end.
 *
 * <p>The loop lives on a daemon thread of its own: it does not keep the JVM running.
 *
 * <p><b>Threading.</b> Any thread. <b>Python.</b> The usual pair of {@code loop.run_forever} in a thread and {@code
 * asyncio.run_coroutine_threadsafe}.
 *
 * <pre>{@code
 * try (var background = Asyncio.start()) {
 *   CompletableFuture<Page> page = background.createTask(() -> await(fetch(address)));
 *   page.thenApply(Page::title).thenAccept(System.out::println).join();
 * }
 * }</pre>
 */
public final class BackgroundLoop implements AutoCloseable {
  private final LoopThread thread = new LoopThread();
  private final dev.tandem.Runner runner;
  private final EventLoop loop;
  private final LoopThread.Call<Void> run;

  /** Futures of tasks that have not ended; none is left pending when the loop is gone. */
  private final Set<CompletableFuture<?>> unfinished = ConcurrentHashMap.newKeySet();

  private final AtomicBoolean closing = new AtomicBoolean();

  BackgroundLoop() {
    runner = new dev.tandem.Runner();
    loop = thread.start(runner::loop).join();
    run = thread.start(Asyncio.callable(loop::runForever));
  }

  /**
   * Starts {@code body} as a task of the loop.
   *
   * <p>Cancelling the returned future cancels the task. Blocking on it in a task of this loop would never end, and is an
   * error.
   *
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return a future of what {@code body} returns or throws
   * @throws RejectedExecutionException if {@link #close} was called
   */
  public <T> CompletableFuture<T> createTask(Callable<T> body) {
    return createTask(Asyncio.async(body));
  }

  /**
   * Starts {@code body} as a task of the loop; otherwise as the overload with a result.
   *
   * @param body what to run; it may await
   * @return a future that is done when {@code body} has ended
   */
  public CompletableFuture<Void> createTask(VoidCallable body) {
    return createTask(Asyncio.async(body));
  }

  /**
   * Starts {@code coroutine} as a task of the loop; otherwise as the overload with a body.
   *
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return a future of its outcome
   */
  public <T> CompletableFuture<T> createTask(Coroutine<T> coroutine) {
    if (closing.get()) {
      throw new RejectedExecutionException("This loop was closed: it takes no more tasks.");
    }
    CompletableFuture<T> future = ThreadsKt.runCoroutineThreadsafe(coroutine, loop);
    unfinished.add(future);
    future.whenComplete((result, failure) -> unfinished.remove(future));
    return future;
  }

  /**
   * Returns the loop. From threads other than its own, use {@link EventLoop#callSoonThreadsafe}.
   *
   * @return the loop that runs the tasks
   */
  public EventLoop loop() {
    return loop;
  }

  /** Closes the loop without giving its tasks time: as {@link #close(Duration)} with zero. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  /**
   * Takes no more tasks, gives those that run {@code grace} to end by themselves, then cancels the rest and waits until
   * the cancellations have run their course, for the loop's executor, and closes the loop.
   *
   * <p>Tasks that other tasks start meanwhile have the same deadline. A second call, also from another thread, waits
   * until the first has ended. An interrupt does not shorten the wait.
   *
   * @param grace how long to wait before cancelling
   * @throws IllegalStateException in a task of this loop, which would wait for itself
   */
  public void close(Duration grace) {
    if (EventLoopKt.runningLoopOrNull() == loop) {
      throw new IllegalStateException(
          "close() in a task or callback of the loop that is to be closed: it would wait for itself. Close it from the "
              + "thread that started it.");
    }
    Objects.requireNonNull(grace, "grace");
    if (!closing.compareAndSet(false, true)) {
      thread.awaitEnd();
      return;
    }
    ThreadsKt.runCoroutineThreadsafe(Asyncio.async(() -> letTasksEnd(grace)), loop);
    LoopThread.Call<Void> closed = thread.start(Asyncio.callable(runner::close));
    try {
      run.join();
      closed.join();
    } finally {
      thread.end();
      // Handed in by another thread while the loop was closing, or left behind by one that broke
      // down.
      unfinished.forEach(future -> future.cancel(true));
    }
  }

  private void letTasksEnd(Duration grace) {
    try {
      if (!grace.isZero() && !grace.isNegative()) {
        Asyncio.timeout(grace, BackgroundLoop::awaitOtherTasks);
      }
    } catch (TimeoutException e) {
      // Those that were left have been cancelled and have ended.
    } finally {
      loop.stop();
    }
  }

  private static void awaitOtherTasks() {
    for (var others = otherTasks(); !others.isEmpty(); others = otherTasks()) {
      Asyncio.await(Asyncio.gather(others, true));
    }
  }

  private static List<Awaitable<?>> otherTasks() {
    var others = new ArrayList<Awaitable<?>>();
    for (Task<?> task : Asyncio.allTasks()) {
      if (task != Asyncio.currentTask()) {
        others.add(task);
      }
    }
    return others;
  }
}
