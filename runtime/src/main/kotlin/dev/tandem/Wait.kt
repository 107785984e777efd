package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import kotlin.time.Duration

/** When [wait] returns. **Python.** `FIRST_COMPLETED`, `FIRST_EXCEPTION`, `ALL_COMPLETED`. */
public enum class ReturnWhen {
    /** As soon as one is done; a cancelled one counts. */
    FIRST_COMPLETED,

    /** As soon as one has failed, or when all are done; a cancelled one does not count as failed. */
    FIRST_EXCEPTION,

    /** When all are done. */
    ALL_COMPLETED,
}

/** What [wait] returns: the futures that are done and those that are not, each in the order given. */
public data class WaitResult<F : Future<*>>(
    /** The futures that are done. */
    @get:JvmName("done")
    public val done: Set<F>,
    /** The futures that are not. */
    @get:JvmName("pending")
    public val pending: Set<F>,
)

/**
 * Waits until [futures] are done as [returnWhen] says, or [timeout] has passed, and tells which are done.
 *
 * It never throws what a future failed with, and never cancels one: not at the time limit, and not when the waiting
 * task is cancelled. More than one may be done even with [ReturnWhen.FIRST_COMPLETED].
 *
 * **Cancellation.** Leaves the futures alone. **Python.** `asyncio.wait`.
 *
 * ```
 * val (done, pending) = wait(tasks, timeout = 2.seconds)
 * pending.forEach { it.cancel() }
 * ```
 *
 * @param timeout on the loop's clock; null: no limit
 * @throws IllegalArgumentException if [futures] is empty.
 */
public suspend fun <F : Future<*>> wait(
    futures: Collection<F>,
    timeout: Duration? = null,
    returnWhen: ReturnWhen = ReturnWhen.ALL_COMPLETED,
): WaitResult<F> {
    require(futures.isNotEmpty()) { "wait() was given no futures to wait for." }
    val distinct = futures.toCollection(LinkedHashSet())
    val loop = SingleThreadLoop.running()
    val wakeUp = loop.createFuture<Unit>()
    val timer = timeout?.let { loop.startTimer(it) { wakeUp.finish(Unit) } }
    var left = distinct.size
    val entries =
        distinct.map { future ->
            Runnable {
                left--
                val enough =
                    when (returnWhen) {
                        ReturnWhen.FIRST_COMPLETED -> true
                        ReturnWhen.FIRST_EXCEPTION -> future.failureOrNull() != null
                        ReturnWhen.ALL_COMPLETED -> false
                    }
                if (left == 0 || enough) wakeUp.finish(Unit)
            }.also(future::whenDone)
        }
    try {
        wakeUp.await()
    } finally {
        timer?.cancel()
        distinct.zip(entries).forEach { (future, entry) -> future.removeWhenDone(entry) }
    }
    val (done, pending) = distinct.partition { it.done() }
    return WaitResult(done.toSet(), pending.toSet())
}
