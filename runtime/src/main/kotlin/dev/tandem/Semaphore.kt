package dev.tandem

import dev.tandem.internal.WaiterQueue

/**
 * A number of permits for tasks to take and give back, fair: first come, first served.
 *
 * **Cancellation.** A task cancelled while it waits takes no permit, and one that was about to get a permit passes it
 * on. **Threading.** Tasks of one loop. **Python.** `asyncio.Semaphore`.
 *
 * ```
 * val atMostTen = Semaphore(10)
 * atMostTen.withPermit { fetch(url) }
 * ```
 *
 * @throws IllegalArgumentException if [permits] is negative.
 */
public open class Semaphore(
    permits: Int = 1,
) {
    /** How many permits are free, not counting those already promised to a waiter. */
    protected var available: Int = permits
        private set

    private val waiters = WaiterQueue(this)

    init {
        require(permits >= 0) { "A semaphore cannot start with $permits permits." }
    }

    /** Returns whether [acquire] would have to wait. */
    public fun locked(): Boolean = available == 0 || waiters.hasLiveWaiter()

    /** Takes a permit, waiting until there is one and it is this task's turn. */
    public suspend fun acquire() {
        if (!locked()) {
            available--
            return
        }
        try {
            waiters.await(onCancelled = { wasWoken -> if (wasWoken) available++ })
        } finally {
            // Who came while this task had its turn coming had to queue; serve them now.
            do {
                val promised = available > 0 && promisePermit()
            } while (promised)
        }
    }

    /**
     * Gives a permit back; the task that has waited longest gets it. There may so come to be more permits than at the
     * start, but for a [BoundedSemaphore].
     */
    public open fun release() {
        waiters.checkTurn("release")
        available++
        promisePermit()
    }

    /** Runs [body] while holding a permit and returns its result. **Python.** `async with semaphore`. */
    public suspend inline fun <T> withPermit(body: () -> T): T {
        acquire()
        try {
            return body()
        } finally {
            release()
        }
    }

    /** Promises a free permit to the first waiter; returns false if nobody waits. */
    private fun promisePermit(): Boolean = waiters.wakeNext().also { if (it) available-- }

    override fun toString(): String = "${javaClass.simpleName}($available free, ${waiters.size} waiting)"
}

/**
 * A semaphore that refuses to have more permits than it began with: a [release] too many is an error where it happens.
 *
 * **Python.** `asyncio.BoundedSemaphore`.
 *
 * @throws IllegalArgumentException if `permits` is negative.
 */
public class BoundedSemaphore(
    private val permits: Int = 1,
) : Semaphore(permits) {
    /**
     * Gives a permit back; the task that has waited longest gets it.
     *
     * @throws IllegalArgumentException if all permits are free already.
     */
    override fun release() {
        require(available < permits) {
            "release() of a permit that nobody holds: all $permits are free. Release once for each acquire()."
        }
        super.release()
    }
}
