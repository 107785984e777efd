package dev.tandem

import dev.tandem.internal.SingleThreadLoop

/**
 * Returns a future that takes over the outcome of [awaitable] but does not pass a cancellation on to it.
 *
 * Cancelling who waits for the returned future ends the wait, and the work goes on; cancelling the work itself cancels
 * the returned future. An [awaitable] that is done already is returned as it is.
 *
 * **Python.** `asyncio.shield`. Differs from asyncio: the loop keeps the work alive; and an exception that comes after
 * the wait was cancelled is reported only if nobody else asks for it.
 *
 * ```
 * val saved = createTask { save(order) }
 * shield(saved).await()   // a cancelled caller does not leave half an order
 * ```
 */
public fun <T> shield(awaitable: Awaitable<T>): Future<T> {
    val inner = ensureFuture(awaitable)
    if (inner.done()) return inner
    val outer = SingleThreadLoop.running().createFuture<T>()
    val passOn =
        Runnable {
            // Somebody may have completed it since the work has ended.
            if (outer.done()) return@Runnable
            val failure = inner.failureOrNull()
            when {
                inner.cancelled() -> outer.cancel()
                failure != null -> outer.setException(failure)
                else -> outer.setResult(inner.result())
            }
        }
    inner.whenDone(passOn)
    outer.whenDone { inner.removeWhenDone(passOn) }
    return outer
}
