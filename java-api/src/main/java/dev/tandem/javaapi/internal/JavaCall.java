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
  private final String name;
  private final Task<?> task;
  private final Carrier carrier;

  /** Whether the code stands in an await; others may then run on top of it, on the same thread. */
  private boolean waiting;

  private boolean ended;
  private Object outcome;

  JavaCall(
      SingleThreadLoop loop, String name, Callable<?> code, Continuation<Object> continuation) {
    this.loop = loop;
    this.code = code;
    this.continuation = continuation;
    context = continuation.getContext();
    task = loop.currentTask;
    this.name = name;
    carrier = Carriers.of(loop).carry(name(), this);
  }

  /** Returns what runs on the calling thread, or null if no Java code of a task does. */
  static JavaCall current() {
    JavaCall call = CURRENT.get();
    return call == null || call.waiting ? null : call;
  }

  CoroutineContext context() {
    return context;
  }

  /** Returns what this is called in messages, and its thread at the start: the task's name if there is a task. */
  String name() {
    if (task != null) {
      return task.getName();
    }
    return name != null ? name : "coroutine";
  }

  Carrier carrier() {
    return carrier;
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

  /** Lets the code go on from where it suspended; if it ends, whoever waits for it goes on in this very step. */
  void goOn() {
    if (carrier.succeed(task)) {
      return;
    }
    carrier.resume();
    if (ended) {
      continuation.resumeWith(outcome);
    }
  }

  /** Called by the code: waits until {@link #goOn} and returns true, or returns false if it cannot wait here. */
  boolean suspend() {
    waiting = true;
    try {
      return carrier.suspend();
    } finally {
      waiting = false;
    }
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
    CURRENT.remove();
    ended = true;
    if (carrier.hasSucceeded()) {
      loop.cycle.endEntry(() -> continuation.resumeWith(outcome));
    }
    loop.dismissThread();
  }
}
