package dev.tandem.javaapi;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.CurrentTaskKt;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.Future;
import dev.tandem.GatherKt;
import dev.tandem.ShieldKt;
import dev.tandem.Task;
import dev.tandem.internal.JavaDurationsKt;
import dev.tandem.javaapi.internal.AwaitPoint;
import dev.tandem.javaapi.internal.JavaBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * asyncio's functions, to be imported statically.
 *
 * <p>A body is a lambda: with a result, a {@link Callable}, without, a {@link VoidCallable}. It may throw anything, and
 * who awaits it gets that exception itself. The package description is the tour.
 *
 * <p><b>Threading.</b> In a task, where a function says nothing else.
 */
public final class Asyncio {
  private Asyncio() {}

  // ---- running ----------------------------------------------------------------------------------

  /**
   * Runs {@code body} as the main task of a new loop, waits for it and returns its result, or throws what it throws,
   * itself. Tasks that are left then are cancelled and waited for; no thread outlives the call.
   *
   * <p>The loop runs on a thread of its own, virtual where the JDK has virtual threads. Interrupting the calling thread,
   * or Ctrl-C, cancels the main task: see {@link Runner}.
   *
   * <p><b>Threading.</b> A thread that runs no loop. <b>Python.</b> {@code asyncio.run}.
   *
   * <pre>{@code
   * int answer = Asyncio.run(() -> {
   *   var task = createTask(() -> {
   *     await(sleep(Duration.ofSeconds(1)));
   *     return 42;
   *   });
   *   return await(task);
   * });
   * }</pre>
   *
   * @param body the main task
   * @param <T> the type of the result
   * @return what {@code body} returns
   * @throws IllegalStateException inside a task
   */
  public static <T> T run(Callable<T> body) {
    try (var runner = new Runner()) {
      return runner.run(body);
    }
  }

  /**
   * Runs {@code body}; otherwise as the overload with a result.
   *
   * @param body the main task
   */
  public static void run(VoidCallable body) {
    run(callable(body));
  }

  /**
   * Runs {@code coroutine}; otherwise as the overload with a body.
   *
   * @param coroutine the main task's body
   * @param <T> the type of the result
   * @return the result of {@code coroutine}
   */
  public static <T> T run(Coroutine<T> coroutine) {
    return run(() -> await(coroutine));
  }

  /**
   * Starts a loop in the background, for an application that is not a task itself.
   *
   * <p><b>Threading.</b> Any thread.
   *
   * @return the running loop, to be closed
   */
  public static BackgroundLoop start() {
    return new BackgroundLoop();
  }

  // ---- coroutines and tasks ---------------------------------------------------------------------

  /**
   * Returns a coroutine that runs {@code body} once it is awaited or made a task; nothing runs before.
   *
   * <p>Awaited, the body runs in the awaiting task: no new task, no extra turn of the loop. A coroutine is used once.
   *
   * <p><b>Threading.</b> Any thread. <b>Python.</b> What calling an {@code async def} function returns.
   *
   * <pre>{@code
   * static Coroutine<String> greet(String name) {
   *   return async(() -> {
   *     await(sleep(Duration.ofSeconds(1)));
   *     return "hello " + name;
   *   });
   * }
   * }</pre>
   *
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the coroutine, which Kotlin code can await as well
   */
  public static <T> Coroutine<T> async(Callable<T> body) {
    return JavaBody.coroutine(null, body);
  }

  /**
   * Returns a coroutine without a result; otherwise as the overload with one.
   *
   * @param body what to run; it may await
   * @return the coroutine
   */
  public static Coroutine<Void> async(VoidCallable body) {
    return JavaBody.coroutine(null, callable(body));
  }

  /**
   * Returns a coroutine with a name, for {@code toString} and errors.
   *
   * @param name the name
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the coroutine
   */
  public static <T> Coroutine<T> async(String name, Callable<T> body) {
    return JavaBody.coroutine(name, body);
  }

  /**
   * Returns a coroutine with a name and without a result.
   *
   * @param name the name
   * @param body what to run; it may await
   * @return the coroutine
   */
  public static Coroutine<Void> async(String name, VoidCallable body) {
    return JavaBody.coroutine(name, callable(body));
  }

  /**
   * Returns a task that runs {@code body} on the running loop, beside the caller. Its first step is taken in the next
   * pass of the loop.
   *
   * <p>The loop keeps the task alive until it is done. As a {@link java.util.concurrent.CompletableFuture} it composes,
   * and can be cancelled, from any thread.
   *
   * <p><b>Threading.</b> Loop thread only; from others {@link BackgroundLoop#createTask}. <b>Python.</b> {@code
   * asyncio.create_task}.
   *
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if no loop runs on this thread
   */
  public static <T> Task<T> createTask(Callable<T> body) {
    return createTask(null, async(body));
  }

  /**
   * Returns a task that runs {@code body}; otherwise as the overload with a result.
   *
   * @param body what to run; it may await
   * @return the task
   */
  public static Task<Void> createTask(VoidCallable body) {
    return createTask(null, async(body));
  }

  /**
   * Returns a task that runs {@code coroutine}; otherwise as the overload with a body.
   *
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public static <T> Task<T> createTask(Coroutine<T> coroutine) {
    return createTask(null, coroutine);
  }

  /**
   * Returns a task with a name, for {@code toString}, reports and the thread it runs on.
   *
   * @param name the name; null for {@code Task-N}
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return the task
   */
  public static <T> Task<T> createTask(String name, Callable<T> body) {
    return createTask(name, async(name, body));
  }

  /**
   * Returns a task with a name that runs {@code body}.
   *
   * @param name the name; null for {@code Task-N}
   * @param body what to run; it may await
   * @return the task
   */
  public static Task<Void> createTask(String name, VoidCallable body) {
    return createTask(name, async(name, body));
  }

  /**
   * Returns a task with a name that runs {@code coroutine}.
   *
   * @param name the name; null for {@code Task-N}
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public static <T> Task<T> createTask(String name, Coroutine<T> coroutine) {
    return EventLoopKt.runningLoop().createTask(coroutine, name, null, null);
  }

  /**
   * Returns the task whose step is running, or null in a callback of the loop.
   *
   * <p><b>Python.</b> {@code asyncio.current_task()}.
   *
   * @return the current task
   * @throws IllegalStateException on a thread that no loop runs on
   */
  public static Task<?> currentTask() {
    return CurrentTaskKt.currentTask();
  }

  /**
   * Returns the tasks of the running loop that are not done, in the order in which they were made.
   *
   * <p><b>Python.</b> {@code asyncio.all_tasks()}, which returns a set.
   *
   * @return the tasks
   * @throws IllegalStateException on a thread that no loop runs on
   */
  public static List<Task<?>> allTasks() {
    return CurrentTaskKt.allTasks();
  }

  /**
   * Returns the loop that runs the calling code.
   *
   * <p><b>Python.</b> {@code asyncio.get_running_loop()}.
   *
   * @return the loop
   * @throws IllegalStateException on a thread that no loop runs on
   */
  public static EventLoop runningLoop() {
    return EventLoopKt.runningLoop();
  }

  // ---- awaiting ---------------------------------------------------------------------------------

  /**
   * Waits for {@code awaitable} and returns its result, or throws its exception: that object itself, also if it is a
   * checked one, which {@link #await(Awaitable, Class)} declares.
   *
   * <p>A coroutine runs here, in the current task. A future that is done is answered at once, without giving another
   * task a turn. While this waits, other tasks run.
   *
   * <p><b>Cancellation.</b> Cancelling the current task cancels what it awaits; {@link #shield} prevents that.
   * <b>Threading.</b> In a task's own code: not in a callback, and not on a thread that the task has handed work to.
   * <b>Python.</b> {@code await}.
   *
   * @param awaitable a coroutine, future or task
   * @param <T> the type of the result
   * @return the result
   * @throws dev.tandem.CancelledException if what is awaited, or the current task, was cancelled
   * @throws IllegalStateException outside a task
   */
  public static <T> T await(Awaitable<? extends T> awaitable) {
    return AwaitPoint.await(awaitable);
  }

  /**
   * Waits for {@code stage}, whoever completes it, on whatever thread. Otherwise as {@link #await(Awaitable)}; the
   * exception comes without a {@link java.util.concurrent.CompletionException} around it.
   *
   * @param stage a stage of any kind
   * @param <T> the type of the result
   * @return the result
   */
  public static <T> T await(CompletionStage<? extends T> stage) {
    return AwaitPoint.await(stage);
  }

  /**
   * Waits for {@code future}, a {@link Task} or {@link Future}; see {@link #await(Awaitable)}.
   *
   * @param future what to wait for
   * @param <T> the type of the result
   * @return the result
   */
  public static <T> T await(Future<? extends T> future) {
    return AwaitPoint.await((Awaitable<? extends T>) future);
  }

  /**
   * Waits for {@code awaitable}, and declares that it may fail with {@code X}, so that Java lets the caller catch it.
   *
   * <pre>{@code
   * try {
   *   return await(reader.readLine(), IOException.class);
   * } catch (IOException e) {
   *   return "(unreadable)";
   * }
   * }</pre>
   *
   * @param awaitable a coroutine, future or task
   * @param declared the checked exception; it changes nothing but what the compiler knows
   * @param <T> the type of the result
   * @param <X> the type of the exception
   * @return the result
   * @throws X if {@code awaitable} does; other exceptions come through as well
   */
  public static <T, X extends Exception> T await(
      Awaitable<? extends T> awaitable, Class<X> declared) throws X {
    return await(awaitable);
  }

  /**
   * Waits for {@code stage} and declares that it may fail with {@code X}.
   *
   * @param stage a stage of any kind
   * @param declared the checked exception
   * @param <T> the type of the result
   * @param <X> the type of the exception
   * @return the result
   * @throws X if {@code stage} does
   */
  public static <T, X extends Exception> T await(
      CompletionStage<? extends T> stage, Class<X> declared) throws X {
    return await(stage);
  }

  /**
   * Waits for {@code future} and declares that it may fail with {@code X}.
   *
   * @param future what to wait for
   * @param declared the checked exception
   * @param <T> the type of the result
   * @param <X> the type of the exception
   * @return the result
   * @throws X if {@code future} does
   */
  public static <T, X extends Exception> T await(Future<? extends T> future, Class<X> declared)
      throws X {
    return await(future);
  }

  // ---- several at once --------------------------------------------------------------------------

  /**
   * Runs {@code awaitables} at once and returns a future of the list of their results, in the order given. Coroutines
   * are made tasks.
   *
   * <p>The first exception is the outcome; the others then keep running. None given: a future that is done, with an
   * empty list.
   *
   * <p><b>Cancellation.</b> Cancelling the returned future cancels every one that is not done. <b>Python.</b> {@code
   * asyncio.gather}.
   *
   * @param awaitables coroutines, futures or tasks
   * @param <T> the type of the results
   * @return a future of the results
   */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static <T> Future<List<T>> gather(Awaitable<? extends T>... awaitables) {
    return GatherKt.gather(awaitables, false);
  }

  /**
   * Runs {@code awaitables} at once; otherwise as the overload with single arguments.
   *
   * @param awaitables coroutines, futures or tasks
   * @param <T> the type of the results
   * @return a future of the results
   */
  public static <T> Future<List<T>> gather(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return GatherKt.gather(new ArrayList<Awaitable<? extends T>>(awaitables), false);
  }

  /**
   * Runs {@code awaitables} at once and returns a future of the list of their outcomes, in the order given.
   *
   * <pre>{@code
   * for (Object outcome : await(gather(checks, true))) {
   *   System.out.println(outcome instanceof Throwable failure ? failure.getMessage() : outcome);
   * }
   * }</pre>
   *
   * @param awaitables coroutines, futures or tasks
   * @param returnExceptions true: exceptions and cancellations are entries of the list; false: the first exception is
   *     the outcome, as in the overloads without this parameter
   * @return a future of the results and, with {@code returnExceptions}, exceptions
   */
  public static Future<List<Object>> gather(
      Collection<? extends Awaitable<?>> awaitables, boolean returnExceptions) {
    return GatherKt.gather(new ArrayList<Awaitable<?>>(awaitables), returnExceptions);
  }

  /**
   * Returns a future that takes over the outcome of {@code awaitable} but does not pass a cancellation on to it: who
   * waits can be cancelled, the work goes on.
   *
   * <p><b>Python.</b> {@code asyncio.shield}.
   *
   * @param awaitable what to protect; a coroutine is made a task
   * @param <T> the type of the result
   * @return the future to await; {@code awaitable} itself if it is done
   */
  public static <T> Future<T> shield(Awaitable<T> awaitable) {
    return ShieldKt.shield(awaitable);
  }

  // ---- time -------------------------------------------------------------------------------------

  /**
   * Returns a coroutine that waits for {@code delay} of the loop's time; for zero or less, until every other entry that
   * is ready has had one turn.
   *
   * <p><b>Cancellation.</b> Ends the sleep. <b>Python.</b> {@code asyncio.sleep}.
   *
   * @param delay how long
   * @return a coroutine, to be awaited: {@code await(sleep(...))}
   */
  public static Coroutine<Void> sleep(Duration delay) {
    Objects.requireNonNull(delay, "delay");
    return CoroutineKt.coroutine("sleep", k -> JavaDurationsKt.sleep(delay, k));
  }

  /**
   * Returns a coroutine that waits for {@code awaitable} for at most {@code timeout}.
   *
   * <p>When time runs out, {@code awaitable} is cancelled and the wait ends only after that cancellation has run its
   * course. It then fails with {@link dev.tandem.TimeoutException}, unless {@code awaitable} answered with a value or an
   * exception of its own, which wins. Cancelling the waiting task cancels {@code awaitable} too; {@link #shield}
   * prevents both.
   *
   * <p><b>Python.</b> {@code asyncio.wait_for}.
   *
   * @param awaitable what to wait for; a coroutine runs in the waiting task
   * @param timeout null for no limit; zero or less cancels an unfinished awaitable at once
   * @param <T> the type of the result
   * @return a coroutine, to be awaited, gathered or made a task
   */
  public static <T> Coroutine<T> waitFor(Awaitable<? extends T> awaitable, Duration timeout) {
    Objects.requireNonNull(awaitable, "awaitable");
    return CoroutineKt.coroutine("waitFor", k -> JavaDurationsKt.waitFor(awaitable, timeout, k));
  }

  /**
   * Runs {@code body} here and now, for at most {@code delay} of the loop's time, and returns its result.
   *
   * <p>When time runs out, the current task is cancelled once, at the {@code await} where it stands in {@code body};
   * that cancellation, when it leaves {@code body}, becomes a {@link dev.tandem.TimeoutException}. A cancellation from
   * elsewhere passes through as it is.
   *
   * <p><b>Python.</b> {@code async with asyncio.timeout(delay)}.
   *
   * <pre>{@code
   * String page = timeout(Duration.ofSeconds(5), () -> {
   *   var connection = await(connect(address));
   *   return await(connection.readAll());
   * });
   * }</pre>
   *
   * @param delay null for no limit; with zero or less, time runs out in the next pass
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return what {@code body} returns
   * @throws dev.tandem.TimeoutException if time ran out and {@code body} let the cancellation pass
   * @throws IllegalStateException outside a task
   * @see #waitFor to limit one awaitable
   */
  public static <T> T timeout(Duration delay, Callable<T> body) {
    Coroutine<T> inside = async(body);
    return await(CoroutineKt.coroutine(
        "timeout", k -> JavaDurationsKt.timeout(delay, (limit, k2) -> inside.await(k2), k)));
  }

  /**
   * Runs {@code body} here and now; otherwise as the overload with a result.
   *
   * @param delay null for no limit; with zero or less, time runs out in the next pass
   * @param body what to run; it may await
   */
  public static void timeout(Duration delay, VoidCallable body) {
    timeout(delay, callable(body));
  }

  static Callable<Void> callable(VoidCallable body) {
    Objects.requireNonNull(body, "The body is null.");
    return () -> {
      body.call();
      return null;
    };
  }
}
