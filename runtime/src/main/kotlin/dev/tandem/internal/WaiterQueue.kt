package dev.tandem.internal

import dev.tandem.Future

/**
 * Tasks that wait for the same thing, first come first served: what is under every lock and queue.
 *
 * A waiter is woken by completing its future, and counts as waiting until it runs. A waiter that is cancelled after it
 * was woken has taken a wake-up that it cannot use: [await] throws, and the caller passes the wake-up on in the way
 * its own state asks for. Waking costs the same however many wait. Loop thread only.
 */
internal class WaiterQueue {
    /** Those that are not woken; one that was cancelled stays until it runs or its turn to be woken comes. */
    private val asleep = ArrayDeque<Future<Unit>>(0)

    /** How many are woken and have not run yet; they all came before those that are asleep. */
    private var woken = 0

    /** How many wait, including those that are woken or cancelled but have not run yet. */
    val size: Int get() = asleep.size + woken

    /** Whether somebody waits who was not cancelled. */
    fun hasLiveWaiter(): Boolean = woken > 0 || asleep.any { !it.cancelled() }

    /** Waits until woken. Leaves the queue in any case; after a cancellation, [onCancelled] learns if it was woken. */
    suspend inline fun await(onCancelled: (wasWoken: Boolean) -> Unit) {
        val waiter = SingleThreadLoop.running().createFuture<Unit>()
        asleep.addLast(waiter)
        try {
            waiter.await()
        } catch (e: Throwable) {
            // Outside a task's main frame the future may still be pending.
            waiter.cancel()
            val wasWoken = !waiter.cancelled()
            if (wasWoken) woken-- else asleep.remove(waiter)
            onCancelled(wasWoken)
            throw e
        }
        woken--
    }

    /** Wakes the first, unless it is woken or cancelled already: for a lock, whose head keeps its place. */
    fun wakeHead() {
        if (woken == 0 && asleep.firstOrNull()?.cancelled() == false) wakeNext()
    }

    /** Wakes the first that is neither woken nor cancelled; returns false if there is none. */
    fun wakeNext(): Boolean {
        while (true) {
            val next = asleep.removeFirstOrNull() ?: return false
            if (!next.finish(Unit)) continue
            woken++
            return true
        }
    }

    fun wakeAll() {
        while (wakeNext()) {
            // Until nobody is asleep any more.
        }
    }
}
