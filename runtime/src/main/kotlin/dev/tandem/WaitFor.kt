package dev.tandem

import java.util.concurrent.CancellationException
import kotlin.time.Duration

/**
 * Waits for [awaitable] for at most [timeout] and returns its result. A coroutine runs here, in the waiting task.
 *
 * If time runs out first, [awaitable] is cancelled and this function keeps waiting **until the cancellation has run its
 * course**, so the call may last longer than [timeout], and nothing goes on behind it. How [awaitable] takes the
 * cancellation decides the outcome:
 *
 *  - it ends cancelled: [TimeoutException] is thrown, with the cancellation as its cause;
 *  - it returns a value all the same: that value is returned;
 *  - it throws something else: that exception is thrown.
 *
 * [timeout] is measured on the loop's clock; null means no limit. With zero or less, a future that is done yields its
 * result, any other is cancelled at once, and a coroutine is not started.
 *
 * **Cancellation.** Cancelling the waiting task cancels [awaitable] too; [shield] prevents both.
 * **Threading.** In a task. **Python.** `asyncio.wait_for`.
 *
 * ```
 * val quote = try {
 *     waitFor(createTask { fetchQuote() }, 2.seconds)
 * } catch (_: TimeoutException) {
 *     lastKnownQuote
 * }
 * ```
 *
 * @throws TimeoutException if [timeout] passed and [awaitable] ended cancelled because of it.
 * @throws CancelledException if the waiting task was cancelled, or [awaitable] by someone else.
 * @throws IllegalStateException outside a task.
 * @see timeout to limit a block of code instead of one awaitable.
 */
public suspend fun <T> waitFor(
    awaitable: Awaitable<T>,
    timeout: Duration?,
): T {
    if (timeout == null || timeout > Duration.ZERO) return timeout(timeout) { awaitable.await() }
    val future = ensureFuture(awaitable)
    if (future.done()) return future.result()
    cancelAndWait(future)
    try {
        return future.result()
    } catch (e: CancellationException) {
        if (!e.isCancellation()) throw e
        throw TimeoutException("No result within $timeout: $awaitable", e)
    }
}

/** Waits for the result of [body] for at most [timeout], see the overload with an awaitable. */
public suspend fun <T> waitFor(
    timeout: Duration?,
    body: suspend () -> T,
): T = waitFor(Coroutine(null, body), timeout)

private suspend fun cancelAndWait(future: Future<*>) {
    val ended = future.owner.createFuture<Unit>()
    val entry = Runnable { ended.finish(Unit) }
    future.whenDone(entry)
    try {
        future.cancel()
        ended.await()
    } finally {
        future.removeWhenDone(entry)
    }
}
