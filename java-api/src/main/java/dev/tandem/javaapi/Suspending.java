package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.EventLoop;
import dev.tandem.EventLoopKt;
import dev.tandem.internal.FlowOnLoopKt;
import dev.tandem.javaapi.internal.JavaBody;
import dev.tandem.javaapi.internal.Unchecked;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.flow.Flow;
import kotlinx.coroutines.future.FutureKt;
import kotlinx.coroutines.jdk9.ReactiveFlowKt;

/**
 * Kotlin's {@code suspend} functions and flows as what Java has for it. In a task, {@link Asyncio#await(SuspendCall)}
 * and {@link Asyncio#iterate(Flow)} are simpler; {@link JavaFace} is for a whole interface.
 *
 * <p>Where the called code runs: in a thread that runs a loop, as a task of that loop; in any other, on the default
 * dispatcher of kotlinx.coroutines, a pool of daemon threads. There, code that needs a Tandem loop, such as Tandem's
 * {@code sleep}, fails.
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

  /** Runs {@code body} as what {@code k} continues. */
  static <T> Object run(Continuation<? super T> k, Callable<? extends T> body) {
    if (EventLoopKt.runningLoopOrNull() == null) {
      throw new IllegalStateException("A suspend function written in Java was called on thread \""
          + Thread.currentThread().getName()
          + "\", where no loop runs, so that it could not await. If it shall serve such callers, let it run on a loop "
          + "of its own, from Asyncio.start(): suspend(k, loop, () -> { ... }). A task of a loop calls it outside of "
          + "withContext(Dispatchers.IO) or the like.");
    }
    return JavaBody.<T>coroutine("suspend", body::call).await(k);
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
}
