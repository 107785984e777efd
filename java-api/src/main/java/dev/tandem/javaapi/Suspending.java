package dev.tandem.javaapi;

import dev.tandem.AsyncIterator;
import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.internal.FlowIterator;
import dev.tandem.internal.FlowOnLoopKt;
import dev.tandem.javaapi.internal.JavaBody;
import dev.tandem.javaapi.internal.Unchecked;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.future.FutureKt;
import kotlinx.coroutines.jdk9.ReactiveFlowKt;

/**
 * Kotlin's {@code suspend} functions and flows in Java: called, implemented and iterated over. In a task, {@link
 * Asyncio#await(SuspendCall)} calls a function; {@link JavaFace} is for a whole interface.
 *
 * <p>Where the code that {@link #future} and {@link #publisher} call runs: in a thread that runs a loop, as a task of that
 * loop; in any other, on the default dispatcher of kotlinx.coroutines, a pool of daemon threads. There, code that needs a
 * Tandem loop, such as Tandem's {@code sleep}, fails.
 */
public final class Suspending {
  private Suspending() {}

  /**
   * Calls a suspend function and returns a future of its result.
   *
   * <p><b>Cancellation.</b> Cancelling the future cancels the call, and so does {@code orTimeout}. <b>Threading.</b> Any
   * thread.
   *
   * <pre>{@code
   * CompletableFuture<User> user = Suspending.future(k -> repository.findUser(42, k));
   * }</pre>
   *
   * @param call the call
   * @param <T> the type of the result
   * @return the future; in a thread that runs a loop, a {@link dev.tandem.Task}
   */
  public static <T> CompletableFuture<T> future(SuspendCall<T> call) {
    return start(coroutine(call));
  }

  /**
   * Returns a coroutine that calls a suspend function once it is awaited: for {@link Asyncio#gather}, {@link
   * Asyncio#createTask} and the like.
   *
   * <p><b>Threading.</b> Any thread.
   *
   * <pre>{@code
   * List<User> users = await(gather(
   *     Suspending.coroutine(k -> repository.findUser(1, k)),
   *     Suspending.coroutine(k -> repository.findUser(2, k))));
   * }</pre>
   *
   * @param call the call
   * @param <T> the type of the result
   * @return the coroutine
   */
  public static <T> Coroutine<T> coroutine(SuspendCall<T> call) {
    return coroutine(null, call);
  }

  /**
   * Returns a publisher of the values of {@code flow}, which is collected anew for each subscriber.
   *
   * <p>A subscriber gets no more values than it has requested; on a loop the flow is one ahead at most. Cancelling the
   * subscription cancels the flow. Where the flow runs is decided here, not where somebody subscribes; on a loop, the
   * subscriber is called on the loop's thread, and closing the loop ends the flow with {@code onError}.
   *
   * <p><b>Threading.</b> Any thread.
   *
   * @param flow the flow; a publisher cannot give null, so that a null value is its failure
   * @param <T> the type of the values
   * @return the publisher
   */
  public static <T> java.util.concurrent.Flow.Publisher<T> publisher(Flow<? extends T> flow) {
    Objects.requireNonNull(flow, "flow");
    EventLoop loop = EventLoopKt.runningLoopOrNull();
    return loop == null
        ? ReactiveFlowKt.asPublisher(flow, Dispatchers.getDefault())
        : ReactiveFlowKt.asPublisher(
            FlowOnLoopKt.asTaskOf(flow, loop), Dispatchers.getUnconfined());
  }

  /**
   * Makes {@code body} a Kotlin {@code suspend} function: what a Java class that implements one returns.
   *
   * <p>The body may await. It runs in the calling task, also if the caller is Kotlin code; for callers that no loop
   * runs, see {@link #suspend(Continuation, BackgroundLoop, Callable)}.
   *
   * <pre>{@code
   * final class CachedUsers implements UserRepository {   // a Kotlin interface
   *   public Object findUser(int id, Continuation<? super User> k) {
   *     return suspend(k, () -> {
   *       await(sleep(Duration.ofMillis(10)));
   *       return cache.get(id);
   *     });
   *   }
   * }
   * }</pre>
   *
   * @param k the function's last parameter
   * @param body what to run; what it throws, the caller gets itself
   * @param <T> the type of the result
   * @return what the function has to return, whatever it is
   * @throws IllegalStateException on a thread that no loop runs on
   */
  public static <T> Object suspend(Continuation<? super T> k, Callable<? extends T> body) {
    if (EventLoopKt.runningLoopOrNull() == null) {
      throw new IllegalStateException("A suspend function written in Java was called on thread \""
          + Thread.currentThread().getName()
          + "\", where no loop runs, so that it could not await. If it shall serve such callers, let it run on a loop "
          + "of its own, from Asyncio.start(): suspend(k, loop, () -> { ... }). A task of a loop calls it outside of "
          + "withContext(Dispatchers.IO) or the like.");
    }
    return JavaBody.<T>coroutine("suspend", body::call).await(k);
  }

  /**
   * Makes {@code body} a suspend function without a result, which is Kotlin's {@code Unit}; otherwise as the overload
   * with one.
   *
   * @param k the function's last parameter
   * @param body what to run
   * @return what the function has to return
   */
  public static Object suspend(Continuation<? super Unit> k, VoidCallable body) {
    return Suspending.<Unit>suspend(k, unit(body));
  }

  /**
   * Makes {@code body} a suspend function that callers on any thread may call, also Kotlin code that knows nothing of
   * Tandem: it runs as a task of {@code loop}.
   *
   * <p><b>Cancellation.</b> Cancelling the caller cancels the task; the caller does not wait for the end of it.
   *
   * @param k the function's last parameter
   * @param loop where to run
   * @param body what to run; what it throws, the caller gets itself
   * @param <T> the type of the result
   * @return what the function has to return, whatever it is
   */
  public static <T> Object suspend(
      Continuation<? super T> k, BackgroundLoop loop, Callable<? extends T> body) {
    return FutureKt.<T>await(loop.createTask(body::call), k);
  }

  /**
   * Makes {@code body} a suspend function without a result, which runs as a task of {@code loop}; otherwise as the
   * overload with one.
   *
   * @param k the function's last parameter
   * @param loop where to run
   * @param body what to run
   * @return what the function has to return
   */
  public static Object suspend(
      Continuation<? super Unit> k, BackgroundLoop loop, VoidCallable body) {
    return Suspending.<Unit>suspend(k, loop, unit(body));
  }

  /**
   * Returns what a for-each loop in a task iterates over to get the values of a Kotlin flow, each as soon as it is
   * there.
   *
   * <p><b>Threading.</b> Any thread; the iteration itself, in a task. <b>Python.</b> {@code async for}.
   *
   * <pre>{@code
   * for (User user : iterate(repository.allUsers())) {
   *   System.out.println(user.name());
   * }
   * }</pre>
   *
   * @param flow the flow; each iteration collects it anew
   * @param <T> the type of the values
   * @return an iterable for one loop, to be closed by who may leave the loop early
   */
  public static <T> AsyncIterable<T> iterate(Flow<? extends T> flow) {
    Objects.requireNonNull(flow, "flow");
    return new AsyncIterable<>(new FlowIterator<>(flow));
  }

  /**
   * Returns what a for-each loop in a task iterates over to get what {@code publisher} publishes; otherwise as the
   * overload with a flow. Leaving the loop cancels the subscription.
   *
   * @param publisher the publisher; each iteration subscribes anew, and asks for a few values ahead
   * @param <T> the type of the values
   * @return an iterable for one loop
   */
  public static <T> AsyncIterable<T> iterate(
      java.util.concurrent.Flow.Publisher<? extends T> publisher) {
    Objects.requireNonNull(publisher, "publisher");
    return iterate(ReactiveFlowKt.asFlow(publisher));
  }

  /**
   * Returns what a for-each loop in a task iterates over to get the values of {@code iterator}, which Kotlin code has
   * made.
   *
   * @param iterator the iterator; leaving the loop early leaves the rest of the values in it
   * @param <T> the type of the values
   * @return an iterable for one loop
   */
  public static <T> AsyncIterable<T> iterate(AsyncIterator<? extends T> iterator) {
    return new AsyncIterable<>(iterator);
  }

  /** A coroutine with a name, for {@code toString} and errors. */
  static <T> Coroutine<T> coroutine(String name, SuspendCall<T> call) {
    Objects.requireNonNull(call, "The call of a suspend function is null.");
    return CoroutineKt.coroutine(name, k -> make(call, k));
  }

  static <T> CompletableFuture<T> start(Coroutine<T> coroutine) {
    if (EventLoopKt.runningLoopOrNull() != null) {
      return Asyncio.createTask(coroutine);
    }
    return FutureKt.future(
        GlobalScope.INSTANCE,
        Dispatchers.getDefault(),
        CoroutineStart.DEFAULT,
        (scope, k) -> coroutine.await(k));
  }

  /** A continuation takes what it is given: one for a supertype does for {@code T}. */
  @SuppressWarnings("unchecked")
  private static <T> Object make(SuspendCall<T> call, Continuation<? super T> k) {
    try {
      return call.call((Continuation<T>) k);
    } catch (Exception e) {
      throw Unchecked.raise(e);
    }
  }

  private static Callable<Unit> unit(VoidCallable body) {
    Objects.requireNonNull(body, "The body is null.");
    return () -> {
      body.call();
      return Unit.INSTANCE;
    };
  }
}
