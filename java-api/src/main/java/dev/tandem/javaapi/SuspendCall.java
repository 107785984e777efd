package dev.tandem.javaapi;

import kotlin.coroutines.Continuation;

/**
 * A call of a Kotlin {@code suspend} function, which Java sees with one parameter more: the continuation. As a lambda:
 * {@code k -> repository.findUser(42, k)}, or, where there is no other argument, {@code queue::get}.
 *
 * <p>{@link Asyncio#await(SuspendCall)} makes it, {@link Suspending} makes a future or a coroutine of it.
 *
 * @param <T> the type of the result
 */
@FunctionalInterface
public interface SuspendCall<T> {
  /**
   * Calls the function.
   *
   * @param continuation to be handed to the function, as its last argument
   * @return what the function returns: its result, or Kotlin's mark that it has suspended
   * @throws Exception whatever the function throws
   */
  Object call(Continuation<T> continuation) throws Exception;
}
