package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TaskContext
import dev.tandem.internal.WaitFuture
import kotlinx.coroutines.yield
import kotlin.coroutines.coroutineContext
import kotlin.time.Duration

/**
 * Suspends for [delay] of the loop's time; for zero or less, until every other entry that is ready has had one turn.
 *
 * **Cancellation.** Ends the sleep and takes its timer back. **Python.** `asyncio.sleep`.
 */
public suspend fun sleep(delay: Duration) {
    if (delay > Duration.ZERO) return sleepUntilTimer(delay)
    val context = coroutineContext
    if (context is TaskContext) context.step.yieldTurn() else yield()
}

private suspend fun sleepUntilTimer(delay: Duration) {
    val loop = SingleThreadLoop.running()
    val wakeUp = WaitFuture(loop, "a sleep")
    val timer = loop.startTimer(delay) { wakeUp.finish(Unit) }
    try {
        wakeUp.await()
    } catch (e: Throwable) {
        timer.cancel()
        throw e
    }
}
