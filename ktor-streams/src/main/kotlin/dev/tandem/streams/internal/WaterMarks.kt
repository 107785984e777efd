package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.shield

/**
 * Slows writers down: over the high mark they are to wait, until the queue has come down to the low one. Loop thread only.
 */
internal class WaterMarks(
    private val loop: EventLoop,
) {
    private var high = DEFAULT_HIGH
    private var low = DEFAULT_HIGH / 4

    /** What writers wait for while they are to; null while they may write. */
    private var resumed: Future<Unit>? = null

    /** Who is told, besides those that wait: true above the high mark, false once below the low one. */
    var watcher: ((Boolean) -> Unit)? = null

    val isAbove: Boolean get() = resumed != null

    fun set(
        high: Int,
        low: Int,
    ) {
        this.high = high
        this.low = low
    }

    /** Takes note of [queued], the bytes that wait now. */
    fun check(queued: Int) {
        when {
            !isAbove && queued > high -> {
                resumed = loop.createFuture()
                watcher?.invoke(true)
            }
            isAbove && queued <= low -> {
                release()
                watcher?.invoke(false)
            }
        }
    }

    /** Lets go those that wait, since nothing will be sent any more; the watcher is not told. */
    fun release() {
        val waiting = resumed ?: return
        resumed = null
        waiting.complete(Unit)
    }

    /** Waits for the low mark or for [release], if writers are to wait. */
    suspend fun awaitBelow() {
        resumed?.let { shield(it).await() }
    }

    private companion object {
        const val DEFAULT_HIGH = 64 * 1024
    }
}
