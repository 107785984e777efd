package dev.tandem.javaapi.internal;

import dev.tandem.Task;
import dev.tandem.internal.InlineStartKt;
import dev.tandem.internal.SingleThreadLoop;
import java.util.concurrent.Callable;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

/**
 * One run of Java code on a carrier, from its start to its end; to the Kotlin frames around it, one suspending call.
 *
 * <p>Owner: whoever has the loop's turn.
 */
final class JavaCall implements Runnable {
  /** What {@link #start} returns when the code has not ended. */
  static final Object SUSPENDED = InlineStartKt.getSuspended();

  private static final ThreadLocal<JavaCall> CURRENT = new ThreadLocal<>();

  final SingleThreadLoop loop;
  private final Callable<?> code;

  /** Who waits for the outcome, if the code suspends before it ends. */
  private final Continuation<Object> continuation;

  private final CoroutineContext context;
  private final Carrier carrier;

  private boolean ended;
  private Object outcome;

  JavaCall(
      SingleThreadLoop loop, String name, Callable<?> code, Continuation<Object> continuation) {
    this.loop = loop;
    this.code = code;
    this.continuation = continuation;
    context = continuation.getContext();
    carrier = Carriers.of(loop).carry(threadName(loop, name), this);
  }

  /** Returns what runs on the calling thread, or null if it is no carrier. */
  static JavaCall current() {
    return CURRENT.get();
  }

  CoroutineContext context() {
    return context;
  }

  /**
   * Whether a coroutine with this context is part of what runs here, so that its code can be called on this stack. A
   * task that starts eagerly, or what a kotlinx scope runs, has a context of its own: it may have to wait while the code
   * here goes on.
   */
  boolean isSameFlow(CoroutineContext context) {
    return context == this.context && loop.hasTurn();
  }

  /** Runs the code until it ends or suspends; a suspend function's result. */
  Object start() {
    carrier.resume();
    if (!ended) {
      return SUSPENDED;
    }
    ResultKt.throwOnFailure(outcome);
    return outcome;
  }

  /** Runs the code on from where it suspended; if it ends, whoever waits for it goes on in this very step. */
  void goOn() {
    carrier.resume();
    if (ended) {
      continuation.resumeWith(outcome);
    }
  }

  /** Called by the code: waits until {@link #goOn}. */
  void suspend() {
    carrier.suspend();
  }

  /** The carrier's part. */
  @Override
  public void run() {
    CURRENT.set(this);
    loop.adoptThread();
    try {
      outcome = code.call();
    } catch (Throwable e) {
      outcome = ResultKt.createFailure(e);
    }
    loop.dismissThread();
    CURRENT.remove();
    ended = true;
  }

  private static String threadName(SingleThreadLoop loop, String name) {
    Task<?> task = loop.currentTask;
    if (task != null) {
      return task.getName();
    }
    return name != null ? name : "coroutine";
  }
}
