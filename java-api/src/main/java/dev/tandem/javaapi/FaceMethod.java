package dev.tandem.javaapi;

import dev.tandem.Awaitable;
import dev.tandem.Coroutine;
import dev.tandem.Task;
import dev.tandem.javaapi.internal.Unchecked;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.flow.Flow;

/** A method of a Java interface that has found its Kotlin function: how it is called, and what becomes of its result. */
final class FaceMethod {
  private enum Call {
    /** A function that does not suspend, with its own result. */
    DIRECTLY,
    AWAITING,
    AS_COROUTINE,
    AS_TASK,
    AS_FUTURE
  }

  private final KotlinFunction function;
  private final Call how;
  private final UnaryOperator<Object> face;

  private FaceMethod(KotlinFunction function, Call how, UnaryOperator<Object> face) {
    this.function = function;
    this.how = how;
    this.face = face;
  }

  /** Returns the method with {@code result} that calls {@code function}, or null if that cannot give such a result. */
  static FaceMethod of(KotlinFunction function, FaceType result) {
    UnaryOperator<Object> own = faceOf(function.result, result);
    if (own != null && !function.suspends) {
      return new FaceMethod(function, Call.DIRECTLY, own);
    }
    Call how = callFor(result.raw());
    UnaryOperator<Object> face =
        how == Call.AWAITING ? own : faceOf(function.result, result.argument(0));
    return face == null ? null : new FaceMethod(function, how, face);
  }

  /** Returns the results that are asked for most, for messages. */
  static String describeResults(KotlinFunction function) {
    FaceType given = function.result;
    if (Flow.class.isAssignableFrom(given.raw())) {
      var value = "<" + given.argument(0) + ">";
      return "AsyncIterable" + value + ", Stream" + value + " or Flow.Publisher" + value;
    }
    Class<?> unboxed = MethodType.methodType(given.raw()).unwrap().returnType();
    var boxed = isUnit(given) ? "Void" : given.name();
    var plain = isUnit(given) ? "void" : unboxed.isPrimitive() ? unboxed.getName() : given.name();
    return plain + ", CompletableFuture<" + boxed + "> or Coroutine<" + boxed + ">";
  }

  Object call(Object[] arguments) throws Exception {
    return switch (how) {
      case DIRECTLY -> face.apply(function.call(arguments, null));
      case AWAITING -> Asyncio.await(coroutine(arguments));
      case AS_COROUTINE -> coroutine(arguments);
      case AS_TASK -> Asyncio.createTask(coroutine(arguments));
      case AS_FUTURE -> Suspending.start(coroutine(arguments));
    };
  }

  @Override
  public String toString() {
    return function.toString();
  }

  private Coroutine<Object> coroutine(Object[] arguments) {
    return SuspendingCall.<Object, Object>coroutine(
        function.name, k -> callFunction(arguments, k), face);
  }

  private Object callFunction(Object[] arguments, Continuation<?> continuation) {
    try {
      return function.call(arguments, continuation);
    } catch (Exception e) {
      throw Unchecked.raise(e);
    }
  }

  private static boolean isUnit(FaceType type) {
    return type.raw() == Unit.class || type.raw() == Void.class;
  }

  private static Call callFor(Class<?> result) {
    if (result == CompletableFuture.class
        || result == CompletionStage.class
        || result == Future.class) {
      return Call.AS_FUTURE;
    }
    if (result == Task.class || result == dev.tandem.Future.class) {
      return Call.AS_TASK;
    }
    return result == Coroutine.class || result == Awaitable.class
        ? Call.AS_COROUTINE
        : Call.AWAITING;
  }

  /** Returns what makes a {@code wanted} of a {@code given}, or null if nothing does. */
  private static UnaryOperator<Object> faceOf(FaceType given, FaceType wanted) {
    if (isUnit(given) && wanted.raw() == Void.class) {
      return unit -> null;
    }
    if (Flow.class.isAssignableFrom(given.raw()) && wanted.argument(0).accepts(given.argument(0))) {
      if (wanted.raw() == java.util.concurrent.Flow.Publisher.class) {
        return flow -> Suspending.publisher((Flow<?>) flow);
      }
      if (wanted.raw() == AsyncIterable.class) {
        return flow -> Suspending.iterate((Flow<?>) flow);
      }
      if (wanted.raw() == Stream.class) {
        return flow -> Suspending.iterate((Flow<?>) flow).stream();
      }
    }
    return wanted.accepts(given) ? UnaryOperator.identity() : null;
  }
}
