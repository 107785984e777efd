package dev.tandem.internal

import dev.tandem.Coroutine
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.startCoroutineUninterceptedOrReturn

/**
 * Runs [body] here until it ends or suspends: for code that is not a coroutine but takes part in a task.
 *
 * The completion's context is the caller's: of a task's main frame, it makes [body] part of that frame. Returns the
 * result, throws the exception, or returns [suspended]; only then [completion] is resumed, later.
 */
internal fun <T> startInline(
    body: suspend () -> T,
    completion: Continuation<T>,
): Any? = body.startCoroutineUninterceptedOrReturn(completion)

/** Takes the body out of [coroutine], for [startInline], or to run it in another way. */
internal fun <T> bodyOf(coroutine: Coroutine<T>): suspend () -> T = coroutine.take()

/** What [startInline] returns when the body has suspended. */
internal val suspended: Any get() = COROUTINE_SUSPENDED
