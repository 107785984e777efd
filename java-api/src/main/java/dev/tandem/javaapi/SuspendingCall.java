package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.internal.InlineStartKt;
import java.util.function.Function;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.jvm.functions.Function1;

/**
 * A call of a Kotlin suspend function, as a coroutine whose result is what Java is to see of it.
 *
 * <p>Stands between the function and who awaits the coroutine; as part of the awaiting frame, it costs no turn.
 */
final class SuspendingCall<S, T> implements Continuation<S> {
  private final Continuation<? super T> caller;
  private final Function<? super S, ? extends T> face;

  private SuspendingCall(Continuation<? super T> caller, Function<? super S, ? extends T> face) {
    this.caller = caller;
    this.face = face;
  }

  /** Returns a coroutine that makes {@code call} and gives its result as {@code face} shows it. */
  static <S, T> Coroutine<T> coroutine(
      String name,
      Function1<? super Continuation<? super S>, ?> call,
      Function<? super S, ? extends T> face) {
    return CoroutineKt.coroutine(
        name, caller -> new SuspendingCall<S, T>(caller, face).start(call));
  }

  /** Returns a coroutine that makes {@code call} and has no result. */
  static Coroutine<Void> withoutResult(
      String name, Function1<? super Continuation<? super kotlin.Unit>, ?> call) {
    return coroutine(name, call, unit -> null);
  }

  @Override
  public CoroutineContext getContext() {
    return caller.getContext();
  }

  @Override
  public void resumeWith(Object result) {
    caller.resumeWith(faceOf(result));
  }

  /** Not a plain call: what suspends in kotlinx's manner resumes an object like this past the interceptor. */
  @SuppressWarnings("unchecked")
  private Object start(Function1<? super Continuation<? super S>, ?> call) {
    Object result =
        InlineStartKt.startInline((Function1<Continuation<? super S>, Object>) call, this);
    return result == InlineStartKt.getSuspended() ? result : show(result);
  }

  /** A failed {@code kotlin.Result} stays as it is. */
  private Object faceOf(Object result) {
    try {
      ResultKt.throwOnFailure(result);
    } catch (Throwable e) {
      return result;
    }
    return show(result);
  }

  @SuppressWarnings("unchecked")
  private T show(Object result) {
    return face.apply((S) result);
  }
}
