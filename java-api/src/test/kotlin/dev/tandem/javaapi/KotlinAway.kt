package dev.tandem.javaapi

import dev.tandem.Awaitable
import dev.tandem.Coroutine
import dev.tandem.coroutine
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withContext
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch

/** Kotlin frames that have gone to another dispatcher when something happens to the task. */
class KotlinAway(
    private val log: MutableList<String>,
) {
    /** Is done when the frame is away, on a thread that is no loop's. */
    val left = CompletableFuture<Unit>()

    /** Lets [blocking] come back. */
    val release = CountDownLatch(1)

    /** Goes away and stays there until it is cancelled. */
    fun waiting(): Coroutine<String> =
        coroutine {
            logged {
                withContext(Dispatchers.IO) {
                    left.complete(Unit)
                    awaitCancellation()
                }
            }
        }

    /** Goes away and blocks the thread there, where no cancellation reaches it. */
    fun blocking(): Coroutine<String> =
        coroutine {
            logged {
                withContext(Dispatchers.IO) {
                    left.complete(Unit)
                    release.await()
                    "unwanted"
                }
            }
        }

    /** Goes away and waits there for [inner], a future of the loop. */
    fun awaiting(inner: Awaitable<String>): Coroutine<String> =
        coroutine {
            logged {
                withContext(Dispatchers.IO) {
                    left.complete(Unit)
                    inner.await()
                }
            }
        }

    private inline fun logged(body: () -> String): String =
        try {
            body()
        } catch (e: CancellationException) {
            log += "kotlin ${e.message}"
            throw e
        } finally {
            log += "kotlin is back"
        }
}
