package dev.tandem.internal

/**
 * Tasks that wait for the same thing, first come first served: what is under every lock and queue.
 *
 * A waiter is woken by completing its future, and counts as waiting until it runs. A waiter that is cancelled after it
 * was woken has taken a wake-up that it cannot use: [await] throws, and the caller passes the wake-up on in the way
 * its own state asks for. Waking costs the same however many wait. Loop thread only.
 */
internal class WaiterQueue(
    /** What they wait for, in reports. */
    private val what: Any,
) {
    /** Those that are not woken; one that was cancelled stays until it runs or its turn to be woken comes. */
    private val asleep = ArrayDeque<WaitFuture>(0)

    /** How many are woken and have not run yet; they all came before those that are asleep. */
    private var woken = 0

    /** Of those that wait; null until somebody has to. */
    private var loop: SingleThreadLoop? = null

    /** How many wait, including those that are woken or cancelled but have not run yet. */
    val size: Int get() = asleep.size + woken

    /** Whether somebody waits who was not cancelled. */
    fun hasLiveWaiter(): Boolean = woken > 0 || asleep.any { !it.cancelled() }

    /** Waits until woken. Leaves the queue in any case; after a cancellation, [onCancelled] learns if it was woken. */
    suspend inline fun await(onCancelled: (wasWoken: Boolean) -> Unit) {
        val waiter = WaitFuture(loopOfWaiters(), what)
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

    /** For [call], which wakes waiters: fails on a thread that is not theirs, before it has changed anything. */
    fun checkTurn(call: String) {
        loop?.checkTurn(call, "it in loop.callSoonThreadsafe")
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

    /** Notes the running loop. One whose tasks do not wait any more, such as that of the last test, is forgotten. */
    private fun loopOfWaiters(): SingleThreadLoop {
        val running = SingleThreadLoop.running()
        check(size == 0 || loop === running) {
            "Tasks of another loop wait for this object already. What tasks share belongs to one loop: make one for " +
                "each, or hand the work over with runCoroutineThreadsafe."
        }
        loop = running
        return running
    }
}
