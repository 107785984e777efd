package dev.tandem.streams.internal

import dev.tandem.CancelledException
import dev.tandem.runningLoop
import dev.tandem.shield
import java.util.concurrent.atomic.AtomicBoolean

/**
 * Returns what [open] opens on a thread of the loop's pool. If the task is cancelled meanwhile it does not wait, and what
 * was opened is closed: nothing is lost.
 */
internal suspend fun <R : AutoCloseable> openOffLoop(open: () -> R): R {
    // Set by the worker when it has opened, or by a cancellation: whoever comes second sees to the closing.
    val decided = AtomicBoolean()
    // Shielded, since the interrupt of a cancellation would leave files half made.
    val opening =
        runningLoop().runInExecutor(null) {
            runCatching(open).onSuccess { if (decided.getAndSet(true)) it.close() }
        }
    try {
        return shield(opening).await().getOrThrow()
    } catch (e: CancelledException) {
        if (decided.getAndSet(true)) opening.addDoneCallback { it.result().getOrNull()?.close() }
        throw e
    }
}
