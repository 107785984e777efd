package dev.tandem.javaapi;

import dev.tandem.Awaitable;
import dev.tandem.Context;
import dev.tandem.ContextKt;
import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.CurrentTaskKt;
import dev.tandem.EnsureFutureKt;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.Future;
import dev.tandem.GatherKt;
import dev.tandem.ReturnWhen;
import dev.tandem.ShieldKt;
import dev.tandem.Task;
import dev.tandem.ThreadsKt;
import dev.tandem.WaitResult;
import dev.tandem.internal.JavaBlocksKt;
import dev.tandem.internal.JavaDurationsKt;
import dev.tandem.javaapi.internal.AwaitPoint;
import dev.tandem.javaapi.internal.JavaBody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiFunction;
import kotlin.jvm.functions.Function1;

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
   * <p>The loop runs on a thread of its own, platform or virtual as its tasks' carriers ask for. Interrupting the calling
   * thread, or Ctrl-C, cancels the main task: see {@link Runner}.
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
   * Returns a task that runs {@code coroutine} in a given context, or starts eagerly.
   *
   * <pre>{@code
   * Task<Page> cached = createTask("page", null, true, fetch(address));   // done already if nothing had to be awaited
   * }</pre>
   *
   * @param name the name; null for {@code Task-N}
   * @param context what the task's {@link dev.tandem.ContextVar}s read, and where it sets them; null for a copy of the
   *     current context
   * @param eagerStart true: the first step is taken here and now, up to the first {@code await} that has to wait;
   *     false: in the next pass; null: as the loop's {@link dev.tandem.TaskFactory} has it, by default false
   * @param coroutine what to run
   * @param <T> the type of the result
   * @return the task
   */
  public static <T> Task<T> createTask(
      String name, Context context, Boolean eagerStart, Coroutine<T> coroutine) {
    return EventLoopKt.runningLoop().createTask(coroutine, name, context, eagerStart);
  }

  /**
   * Returns {@code awaitable} itself if it is a future or task, or else a new task that runs the coroutine.
   *
   * <p><b>Python.</b> {@code asyncio.ensure_future}.
   *
   * @param awaitable a coroutine, future or task
   * @param <T> the type of the result
   * @return the future or task
   * @throws IllegalArgumentException if the future belongs to another loop
   */
  public static <T> Future<T> ensureFuture(Awaitable<T> awaitable) {
    return EnsureFutureKt.ensureFuture(awaitable, EventLoopKt.runningLoop());
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

  /**
   * Returns a copy of the current context, the values of all {@link dev.tandem.ContextVar}s; a change to either is not
   * seen in the other.
   *
   * <p><b>Threading.</b> Any thread; one without a running loop has a context of its own. <b>Python.</b> {@code
   * contextvars.copy_context}.
   *
   * <pre>{@code
   * var context = copyContext();
   * context.run(() -> user.set("ada"));   // here, user is what it was
   * }</pre>
   *
   * @return a new context
   */
  public static Context copyContext() {
    return ContextKt.copyContext();
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

  /**
   * Returns a future of the running loop that takes over the outcome of {@code stage}, whichever thread completes it:
   * for what needs a {@link Future}, such as {@link #wait(Collection) wait} and {@link #gather}. {@link
   * #await(CompletionStage)} takes the stage as it is.
   *
   * <p><b>Cancellation.</b> Cancelling the future cancels {@code stage}, if it is a {@link
   * java.util.concurrent.CompletableFuture}. <b>Python.</b> {@code asyncio.wrap_future}.
   *
   * @param stage a stage of any kind
   * @param <T> the type of the result
   * @return the future; {@code stage} itself if it is one of this loop
   */
  public static <T> Future<T> wrapFuture(CompletionStage<T> stage) {
    return EnsureFutureKt.wrapFuture(stage, EventLoopKt.runningLoop());
  }

  /**
   * Calls a Kotlin {@code suspend} function, waits for it and returns its result, or throws what it throws, itself. One
   * that does not suspend costs no turn of the loop.
   *
   * <p>The type of the result comes from where it goes; where nothing says it, name it: {@code
   * Asyncio.<User>await(k -> repository.findUser(42, k)).name()}.
   *
   * <p><b>Cancellation.</b> Cancelling the current task cancels the call. <b>Threading.</b> In a task; elsewhere {@link
   * Suspending#future}.
   *
   * <pre>{@code
   * User user = await(k -> repository.findUser(42, k));
   * }</pre>
   *
   * @param call the call, which hands its parameter on as the last argument
   * @param <T> the type of the result
   * @return the result
   * @throws dev.tandem.CancelledException if the current task, or the work behind the call, was cancelled
   * @throws IllegalStateException outside a task
   */
  public static <T> T await(SuspendCall<T> call) {
    return AwaitPoint.await(Suspending.coroutine(call));
  }

  /**
   * Calls a suspend function, waits for it and declares that it may fail with {@code X}.
   *
   * @param call the call
   * @param declared the checked exception; it changes nothing but what the compiler knows
   * @param <T> the type of the result
   * @param <X> the type of the exception
   * @return the result
   * @throws X if {@code call} does; other exceptions come through as well
   */
  public static <T, X extends Exception> T await(SuspendCall<T> call, Class<X> declared) throws X {
    return await(call);
  }

  // ---- several at once --------------------------------------------------------------------------

  /**
   * Runs {@code awaitables} at once and returns a future of the list of their results, in the order given. Coroutines
   * are made tasks.
   *
   * <p>The first exception is the outcome; the others then keep running. None given: a future that is done, with an
   * empty list.
   *
   * <p><b>Cancellation.</b> Cancelling the returned future cancels every one that is not done. So does completing it
   * from outside, such as {@code orTimeout}; that is the outcome when all have ended, unless one answers with an
   * exception of its own. <b>Python.</b> {@code asyncio.gather}.
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
   * Runs two awaitables of different types at once and returns a future of what {@code combine} makes of their results.
   * Otherwise as {@link #gather(Awaitable[])}: the same order of events, the same cancellation.
   *
   * <pre>{@code
   * record Page(User user, List<Order> orders) {}
   *
   * Page page = await(gather(user(42), orders(42), Page::new));
   * }</pre>
   *
   * @param a a coroutine, future or task
   * @param b another
   * @param combine called on the loop's thread, in no task: it cannot await. What it throws is the outcome
   * @param <A> the type of the first result
   * @param <B> the type of the second result
   * @param <R> the type of the combined result
   * @return a future of the combined result
   */
  public static <A, B, R> Future<R> gather(
      Awaitable<? extends A> a,
      Awaitable<? extends B> b,
      BiFunction<? super A, ? super B, ? extends R> combine) {
    Objects.requireNonNull(combine, "combine");
    return gatherAll(List.of(a, b), r -> combine.apply(Asyncio.<A>at(r, 0), Asyncio.<B>at(r, 1)));
  }

  /**
   * Runs three awaitables at once; otherwise as the overload with two.
   *
   * @param a a coroutine, future or task
   * @param b another
   * @param c another
   * @param combine makes the result
   * @param <A> the type of the first result
   * @param <B> the type of the second result
   * @param <C> the type of the third result
   * @param <R> the type of the combined result
   * @return a future of the combined result
   */
  public static <A, B, C, R> Future<R> gather(
      Awaitable<? extends A> a,
      Awaitable<? extends B> b,
      Awaitable<? extends C> c,
      Combiner.OfThree<? super A, ? super B, ? super C, ? extends R> combine) {
    Objects.requireNonNull(combine, "combine");
    return gatherAll(
        List.of(a, b, c),
        r -> combine.combine(Asyncio.<A>at(r, 0), Asyncio.<B>at(r, 1), Asyncio.<C>at(r, 2)));
  }

  /**
   * Runs four awaitables at once; otherwise as the overload with two.
   *
   * @param a a coroutine, future or task
   * @param b another
   * @param c another
   * @param d another
   * @param combine makes the result
   * @param <A> the type of the first result
   * @param <B> the type of the second result
   * @param <C> the type of the third result
   * @param <D> the type of the fourth result
   * @param <R> the type of the combined result
   * @return a future of the combined result
   */
  public static <A, B, C, D, R> Future<R> gather(
      Awaitable<? extends A> a,
      Awaitable<? extends B> b,
      Awaitable<? extends C> c,
      Awaitable<? extends D> d,
      Combiner.OfFour<? super A, ? super B, ? super C, ? super D, ? extends R> combine) {
    Objects.requireNonNull(combine, "combine");
    return gatherAll(
        List.of(a, b, c, d),
        r -> combine.combine(
            Asyncio.<A>at(r, 0), Asyncio.<B>at(r, 1), Asyncio.<C>at(r, 2), Asyncio.<D>at(r, 3)));
  }

  /**
   * Runs five awaitables at once; otherwise as the overload with two.
   *
   * @param a a coroutine, future or task
   * @param b another
   * @param c another
   * @param d another
   * @param e another
   * @param combine makes the result
   * @param <A> the type of the first result
   * @param <B> the type of the second result
   * @param <C> the type of the third result
   * @param <D> the type of the fourth result
   * @param <E> the type of the fifth result
   * @param <R> the type of the combined result
   * @return a future of the combined result
   */
  public static <A, B, C, D, E, R> Future<R> gather(
      Awaitable<? extends A> a,
      Awaitable<? extends B> b,
      Awaitable<? extends C> c,
      Awaitable<? extends D> d,
      Awaitable<? extends E> e,
      Combiner.OfFive<? super A, ? super B, ? super C, ? super D, ? super E, ? extends R> combine) {
    Objects.requireNonNull(combine, "combine");
    return gatherAll(
        List.of(a, b, c, d, e),
        r -> combine.combine(
            Asyncio.<A>at(r, 0),
            Asyncio.<B>at(r, 1),
            Asyncio.<C>at(r, 2),
            Asyncio.<D>at(r, 3),
            Asyncio.<E>at(r, 4)));
  }

  /**
   * Returns a coroutine that waits until all of {@code futures} are done, and tells so. To be called as {@code
   * Asyncio.wait(...)}: imported statically, it is hidden by {@link Object#wait()}.
   *
   * <p>It never throws what a future failed with, and never cancels one: not at the time limit, and not when the
   * waiting task is cancelled.
   *
   * <p><b>Python.</b> {@code asyncio.wait}.
   *
   * <pre>{@code
   * var result = await(Asyncio.wait(tasks, Duration.ofSeconds(2), ReturnWhen.FIRST_COMPLETED));
   * for (Task<Page> late : result.pending()) {
   *   late.cancel();
   * }
   * }</pre>
   *
   * @param futures futures and tasks; of a coroutine, make a task
   * @param <F> the type of the futures
   * @return a coroutine; its result has the very objects of {@code futures}, in the order given
   * @throws IllegalArgumentException if {@code futures} is empty
   */
  public static <F extends Future<?>> Coroutine<WaitResult<F>> wait(
      Collection<? extends F> futures) {
    return wait(futures, null, ReturnWhen.ALL_COMPLETED);
  }

  /**
   * Returns a coroutine that waits until {@code futures} are done as {@code returnWhen} says; otherwise as {@link
   * #wait(Collection)}. More than one may be done even with {@link ReturnWhen#FIRST_COMPLETED}.
   *
   * @param futures futures and tasks
   * @param returnWhen what to wait for
   * @param <F> the type of the futures
   * @return a coroutine of those that are done and those that are not
   */
  public static <F extends Future<?>> Coroutine<WaitResult<F>> wait(
      Collection<? extends F> futures, ReturnWhen returnWhen) {
    return wait(futures, null, returnWhen);
  }

  /**
   * Returns a coroutine that waits until all of {@code futures} are done, or {@code timeout} has passed; otherwise as
   * {@link #wait(Collection)}.
   *
   * @param futures futures and tasks
   * @param timeout on the loop's clock; null for no limit. When it has passed, that is no error
   * @param <F> the type of the futures
   * @return a coroutine of those that are done and those that are not
   */
  public static <F extends Future<?>> Coroutine<WaitResult<F>> wait(
      Collection<? extends F> futures, Duration timeout) {
    return wait(futures, timeout, ReturnWhen.ALL_COMPLETED);
  }

  /**
   * Returns a coroutine that waits until {@code futures} are done as {@code returnWhen} says, or {@code timeout} has
   * passed; otherwise as {@link #wait(Collection)}.
   *
   * @param futures futures and tasks
   * @param timeout on the loop's clock; null for no limit. When it has passed, that is no error
   * @param returnWhen what to wait for
   * @param <F> the type of the futures
   * @return a coroutine of those that are done and those that are not
   */
  public static <F extends Future<?>> Coroutine<WaitResult<F>> wait(
      Collection<? extends F> futures, Duration timeout, ReturnWhen returnWhen) {
    List<F> given = List.copyOf(futures);
    if (given.isEmpty()) {
      throw new IllegalArgumentException(
          "wait() was given no futures to wait for. Ask isEmpty() before, or use gather(), which then has an empty list.");
    }
    Objects.requireNonNull(returnWhen, "returnWhen");
    return CoroutineKt.coroutine("wait", k -> JavaDurationsKt.wait(given, timeout, returnWhen, k));
  }

  /**
   * Runs {@code awaitables} at once and gives them in the order in which they are done; nothing is cancelled at the
   * end.
   *
   * <p><b>Cancellation.</b> Ends the wait alone. <b>Python.</b> {@code asyncio.as_completed}.
   *
   * <pre>{@code
   * for (Coroutine<Page> next : asCompleted(List.of(fetch(one), fetch(two)))) {
   *   show(await(next));                                   // the results alone
   * }
   * for (Future<Page> done : asCompleted(tasks).futures()) {
   *   log(done + ": " + done.result());                    // the tasks themselves
   * }
   * }</pre>
   *
   * @param awaitables coroutines, futures or tasks
   * @param <T> the type of the results
   * @return what to iterate over
   * @throws IllegalStateException if no loop runs on this thread
   */
  public static <T> AsCompleted<T> asCompleted(
      Collection<? extends Awaitable<? extends T>> awaitables) {
    return asCompleted(awaitables, null);
  }

  /**
   * Runs {@code awaitables} at once; otherwise as the overload without a time limit.
   *
   * @param awaitables coroutines, futures or tasks
   * @param timeout on the loop's clock; when it has passed, each wait that is left fails with a {@link
   *     dev.tandem.TimeoutException}. Null for no limit
   * @param <T> the type of the results
   * @return what to iterate over
   */
  public static <T> AsCompleted<T> asCompleted(
      Collection<? extends Awaitable<? extends T>> awaitables, Duration timeout) {
    return new AsCompleted<>(
        JavaDurationsKt.asCompleted(new ArrayList<Awaitable<? extends T>>(awaitables), timeout));
  }

  /**
   * Runs {@code body}, here and now, with a group to which it adds tasks, and returns when the body and all those tasks
   * are done.
   *
   * <p>The first failure of a task, or of the body, cancels everything else in the group; when all have ended, a {@link
   * dev.tandem.ExceptionGroup} with every failure is thrown. A task that ends cancelled is no failure.
   *
   * <p><b>Cancellation.</b> As in {@link TaskGroup#run}, which is for a body with a result. <b>Python.</b> {@code async
   * with asyncio.TaskGroup()}.
   *
   * <pre>{@code
   * taskGroup(group -> {
   *   var user = group.createTask(fetchUser(id));
   *   group.createTask(prefetchImages(id));
   *   render(await(user));
   * });
   * }</pre>
   *
   * @param body what to run; it may await
   * @throws dev.tandem.ExceptionGroup with what failed; a {@link dev.tandem.BaseExceptionGroup} if a cancellation is
   *     among the failures
   * @throws IllegalStateException outside a task
   */
  public static void taskGroup(TaskGroupBody body) {
    Objects.requireNonNull(body, "body");
    var group = new TaskGroup();
    group.run(() -> body.run(group));
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
    return JavaDurationsKt.sleep(delay);
  }

  /**
   * Returns a coroutine that waits for {@code awaitable} for at most {@code timeout}.
   *
   * <p>When time runs out, {@code awaitable} is cancelled and the wait ends only after that cancellation has run its
   * course. It then fails with {@link dev.tandem.TimeoutException}, unless {@code awaitable} answered with a value or
   * an exception of its own, which wins. Cancelling the waiting task cancels {@code awaitable} too; {@link #shield}
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
   * @see #timeout(Duration) to move the limit while the body runs
   */
  public static <T> T timeout(Duration delay, Callable<T> body) {
    return timeout(delay).run(body);
  }

  /**
   * Runs {@code body} here and now; otherwise as the overload with a result.
   *
   * @param delay null for no limit; with zero or less, time runs out in the next pass
   * @param body what to run; it may await
   */
  public static void timeout(Duration delay, VoidCallable body) {
    timeout(delay).run(body);
  }

  /**
   * Returns a time limit for one block, which can move it: {@code timeout(delay).run(body)} is the same as {@link
   * #timeout(Duration, Callable)}. Time counts from this call on.
   *
   * @param delay null for no limit yet
   * @return the limit
   * @throws IllegalStateException if no loop runs on this thread
   */
  public static Timeout timeout(Duration delay) {
    return new Timeout(JavaBlocksKt.timeout(delay));
  }

  /**
   * Runs {@code body} here and now, until the loop's {@link EventLoop#time() time} is {@code when} at most; otherwise
   * as {@link #timeout(Duration, Callable)}.
   *
   * <p><b>Python.</b> {@code asyncio.timeout_at}.
   *
   * @param when null for no limit; with a time that has passed, time runs out in the next pass
   * @param body what to run; it may await
   * @param <T> the type of the result
   * @return what {@code body} returns
   */
  public static <T> T timeoutAt(Duration when, Callable<T> body) {
    return timeoutAt(when).run(body);
  }

  /**
   * Runs {@code body} here and now; otherwise as the overload with a result.
   *
   * @param when null for no limit; with a time that has passed, time runs out in the next pass
   * @param body what to run; it may await
   */
  public static void timeoutAt(Duration when, VoidCallable body) {
    timeoutAt(when).run(body);
  }

  /**
   * Returns a time limit for one block, which can move it.
   *
   * @param when in terms of the loop's {@link EventLoop#time() time}; null for no limit yet
   * @return the limit
   * @throws IllegalStateException if no loop runs on this thread
   */
  public static Timeout timeoutAt(Duration when) {
    return new Timeout(JavaBlocksKt.timeoutAt(when));
  }

  // ---- threads ----------------------------------------------------------------------------------

  /**
   * Returns a coroutine that runs blocking {@code work} on a thread of the loop's pool, in a copy of the current
   * context. Other tasks go on meanwhile.
   *
   * <p><b>Cancellation.</b> Interrupts the thread, if it has started, and does not wait for it. <b>Threading.</b>
   * {@code work} is not part of a task: it cannot await. <b>Python.</b> {@code asyncio.to_thread}.
   *
   * <pre>{@code
   * String text = await(toThread(() -> Files.readString(path)), IOException.class);
   * }</pre>
   *
   * @param work what to run
   * @param <T> the type of the result
   * @return a coroutine of what {@code work} returns or throws
   */
  public static <T> Coroutine<T> toThread(Callable<T> work) {
    Objects.requireNonNull(work, "work");
    return CoroutineKt.coroutine("toThread", k -> JavaBlocksKt.toThread(work, k));
  }

  /**
   * Returns a coroutine that runs blocking {@code work} on a thread of the loop's pool; otherwise as the overload with
   * a result.
   *
   * @param work what to run
   * @return a coroutine without a result
   */
  public static Coroutine<Void> toThread(VoidCallable work) {
    return toThread(callable(work));
  }

  /**
   * Starts {@code work} on {@code executor} and returns a future of its result.
   *
   * <p>The context is not passed on; {@link #toThread} does that. <b>Cancellation.</b> Cancelling the future interrupts
   * the thread that the work runs on. <b>Python.</b> {@code loop.run_in_executor}.
   *
   * @param executor null for the loop's own pool
   * @param work what to run; it cannot await
   * @param <T> the type of the result
   * @return a future of what {@code work} returns or throws
   * @throws java.util.concurrent.RejectedExecutionException if {@code executor} takes no more work
   */
  public static <T> Future<T> runInExecutor(ExecutorService executor, Callable<T> work) {
    return EventLoopKt.runningLoop().runInExecutor(executor, work);
  }

  /**
   * Starts {@code work} on {@code executor}; otherwise as the overload with a result.
   *
   * @param executor null for the loop's own pool
   * @param work what to run; it cannot await
   * @return a future that is done when {@code work} has ended
   */
  public static Future<Void> runInExecutor(ExecutorService executor, VoidCallable work) {
    return runInExecutor(executor, callable(work));
  }

  /**
   * Starts {@code coroutine} as a task of {@code loop}, from a thread that runs none, and returns a future on which
   * that thread may block.
   *
   * <p><b>Cancellation.</b> Cancelling the future cancels the task, and so does its time limit ({@code orTimeout}).
   * <b>Threading.</b> Any thread but the loop's own, where blocking on the result would never end. <b>Python.</b>
   * {@code asyncio.run_coroutine_threadsafe}.
   *
   * <pre>{@code
   * Page page = runCoroutineThreadsafe(fetch(address), loop).get(5, TimeUnit.SECONDS);
   * }</pre>
   *
   * @param coroutine what to run
   * @param loop the loop that runs it
   * @param <T> the type of the result
   * @return a future of its outcome
   * @throws IllegalStateException if the loop is closed
   * @see BackgroundLoop for a loop behind an application that is none itself
   */
  public static <T> CompletableFuture<T> runCoroutineThreadsafe(
      Coroutine<T> coroutine, EventLoop loop) {
    return ThreadsKt.runCoroutineThreadsafe(coroutine, loop);
  }

  private static <R> Future<R> gatherAll(
      List<Awaitable<?>> awaitables, Function1<List<?>, R> combine) {
    return GatherKt.gather(awaitables, combine);
  }

  @SuppressWarnings("unchecked")
  private static <T> T at(List<?> results, int index) {
    return (T) results.get(index);
  }

  static Callable<Void> callable(VoidCallable body) {
    Objects.requireNonNull(body, "The body is null.");
    return () -> {
      body.call();
      return null;
    };
  }
}
