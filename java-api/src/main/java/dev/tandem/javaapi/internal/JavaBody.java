package dev.tandem.javaapi.internal;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.internal.SingleThreadLoop;
import java.util.Objects;
import java.util.concurrent.Callable;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function1;

/**
 * Java code as the body of a coroutine: what Kotlin calls a suspend function.
 *
 * <p>Where Java code awaits it, it is an ordinary call on the thread of that code. Everywhere else it gets a carrier.
 */
public final class JavaBody<T> implements Function1<Continuation<? super T>, Object> {
  private final String name;
  private final Callable<T> code;

  private JavaBody(String name, Callable<T> code) {
    this.name = name;
    this.code = Objects.requireNonNull(code, "The body of a coroutine is null.");
  }

  /** Returns a coroutine whose body is {@code code}. */
  public static <T> Coroutine<T> coroutine(String name, Callable<T> code) {
    return CoroutineKt.coroutine(name, new JavaBody<>(name, code));
  }

  @Override
  @SuppressWarnings("unchecked")
  public Object invoke(Continuation<? super T> continuation) {
    JavaCall caller = JavaCall.current();
    if (caller != null && caller.isSameFlow(continuation.getContext())) {
      return callHere();
    }
    SingleThreadLoop loop = SingleThreadLoop.Companion.runningOrNull();
    if (loop == null || !loop.hasTurn()) {
      throw Misuse.bodyWithoutLoop(name);
    }
    return new JavaCall(loop, name, code, (Continuation<Object>) continuation).start();
  }

  /** Runs the code as an ordinary call, for code of the same flow. */
  T callHere() {
    try {
      return code.call();
    } catch (Exception e) {
      throw Unchecked.raise(e);
    }
  }
}
