package dev.tandem.internal

import dev.tandem.Future

/**
 * Tasks that wait for the same thing, first come first served: what is under every lock and queue.
 *
 * A waiter is woken by completing its future; it stays in the queue until it runs. A waiter that is cancelled after it
 * was woken has taken a wake-up that it cannot use: [await] throws, and the caller passes the wake-up on in the way
 * its own state asks for. Loop thread only.
 */
internal class WaiterQueue {
    private val waiters = ArrayDeque<Future<Unit>>(0)

    /** How many wait, including those that are woken or cancelled but have not run yet. */
    val size: Int get() = waiters.size

    /** Whether somebody waits who was not cancelled. */
    fun hasLiveWaiter(): Boolean = waiters.any { !it.cancelled() }

    /** Waits until woken. Leaves the queue in any case; after a cancellation, [onCancelled] learns if it was woken. */
    suspend inline fun await(onCancelled: (wasWoken: Boolean) -> Unit) {
        val waiter = SingleThreadLoop.running().createFuture<Unit>()
        waiters.addLast(waiter)
        try {
            waiter.await()
        } catch (e: Throwable) {
            waiters.remove(waiter)
            waiter.cancel()
            onCancelled(!waiter.cancelled())
            throw e
        }
        waiters.remove(waiter)
    }

    /** Wakes the first, unless it is woken or cancelled already: for a lock, whose head keeps its place. */
    fun wakeHead() {
        waiters.firstOrNull()?.finish(Unit)
    }

    /** Wakes the first that is neither woken nor cancelled; returns false if there is none. */
    fun wakeNext(): Boolean = waiters.any { it.finish(Unit) }

    fun wakeAll() {
        waiters.forEach { it.finish(Unit) }
    }
}
