package dev.tandem.javaapi.internal;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.EnsureFutureKt;
import dev.tandem.Future;
import dev.tandem.Task;
import dev.tandem.internal.InlineStartKt;
import dev.tandem.internal.TaskContext;
import java.util.concurrent.CompletionStage;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.ContinuationInterceptor;
import kotlin.coroutines.CoroutineContext;

/**
 * One {@code await} in Java code: runs what is awaited on the spot, and waits if it suspends.
 *
 * <p>Kotlin frames that have suspended are resumed by the loop; the carrier gets the turn only when they return to here.
 *
 * <p>Owner: whoever has the loop's turn.
 */
public final class AwaitPoint implements Continuation<Object> {
  private static final Object PENDING = new Object();

  private final JavaCall call;

  /** A value, a {@code kotlin.Result} failure, or {@link #PENDING}. */
  private Object outcome = PENDING;

  /** Whether the code has given the turn away and stands here. */
  private boolean waiting;

  private AwaitPoint(JavaCall call) {
    this.call = call;
  }

  /** Returns the result of {@code awaitable}, or throws its exception itself. */
  public static <T> T await(Awaitable<? extends T> awaitable) {
    return await(callThatAwaits(awaitable), awaitable);
  }

  /** Returns the result of {@code stage}, or throws its exception itself, without a wrapper. */
  @SuppressWarnings("unchecked")
  public static <T> T await(CompletionStage<? extends T> stage) {
    JavaCall call = callThatAwaits(stage);
    return await(call, EnsureFutureKt.wrapFuture((CompletionStage<T>) stage, call.loop));
  }

  private static JavaCall callThatAwaits(Object awaited) {
    if (awaited == null) {
      throw Misuse.awaitOfNull();
    }
    JavaCall call = JavaCall.current();
    if (call == null || !call.loop.hasTurn()) {
      throw Misuse.awaitWithoutTask(call);
    }
    Task<?> task = call.loop.currentTask;
    if (task != null && task.context() != call.loop.currentContext) {
      throw Misuse.awaitInContext(task);
    }
    return call;
  }

  @SuppressWarnings("unchecked")
  private static <T> T await(JavaCall call, Awaitable<? extends T> awaitable) {
    Object result = awaitable instanceof Coroutine<?>
        ? await(call, (Coroutine<Object>) awaitable)
        : await(call, (Future<Object>) awaitable);
    return (T) result;
  }

  private static Object await(JavaCall call, Coroutine<Object> coroutine) {
    var body = InlineStartKt.bodyOf(coroutine);
    if (body instanceof JavaBody<?> code) {
      return code.callHere();
    }
    var point = new AwaitPoint(call);
    return point.finish(InlineStartKt.startInline(body, point));
  }

  private static Object await(JavaCall call, Future<Object> future) {
    if (future.done()) {
      try {
        return future.result();
      } catch (Throwable e) {
        throw Unchecked.raise(AwaitTrace.extend(e, call.name()));
      }
    }
    var point = new AwaitPoint(call);
    // Outside of a task's main frame it is kotlinx that waits, and it must not resume the point
    // past the interceptor.
    boolean inMainFrame = call.context() instanceof TaskContext;
    return point.finish(
        inMainFrame
            ? future.await(point)
            : InlineStartKt.<Object>startInline(future::await, point));
  }

  @Override
  public CoroutineContext getContext() {
    return call.context();
  }

  /** What is awaited has ended. */
  @Override
  public void resumeWith(Object result) {
    if (!call.loop.hasTurn()) {
      takeToTheLoop(result);
      return;
    }
    outcome = result;
    // Not waiting: it ended before it said that it has suspended, and the code goes on by itself.
    if (waiting) {
      waiting = false;
      call.goOn();
    }
  }

  /** Returns {@code result}, or waits for it if it is the mark that what is awaited has suspended. */
  private Object finish(Object result) {
    if (result != JavaCall.SUSPENDED) {
      return result;
    }
    if (outcome == PENDING) {
      waiting = true;
      if (!call.suspend()) {
        waiting = false;
        throw pinned();
      }
    }
    try {
      ResultKt.throwOnFailure(outcome);
    } catch (Throwable e) {
      throw Unchecked.raise(AwaitTrace.extend(e, call.name()));
    }
    return outcome;
  }

  /** The code cannot leave its thread. What it wanted to wait for learns of it, so that nothing is left behind. */
  private IllegalStateException pinned() {
    IllegalStateException failure = Misuse.pinned();
    if (getContext() instanceof TaskContext main) {
      main.getStep().failWait(failure);
    }
    return failure;
  }

  /** A suspend function that resumes on a thread of its own, past the interceptor. After the loop, nobody waits. */
  private void takeToTheLoop(Object result) {
    if (call.loop.isClosed()) {
      return;
    }
    ContinuationInterceptor interceptor = getContext().get(ContinuationInterceptor.Key);
    if (interceptor != null) {
      interceptor.interceptContinuation(this).resumeWith(result);
    } else {
      call.loop.callSoonThreadsafe(() -> resumeWith(result));
    }
  }
}
