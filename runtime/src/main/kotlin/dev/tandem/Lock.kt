package dev.tandem

import dev.tandem.internal.WaiterQueue

/**
 * A mutual exclusion lock for tasks, fair: first come, first served. It is not reentrant.
 *
 * **Cancellation.** A task cancelled while it waits does not hold the lock, and one that was about to get it passes it
 * on. **Threading.** Tasks of one loop. **Python.** `asyncio.Lock`.
 *
 * ```
 * val lock = Lock()
 * lock.withLock { counter = read() + 1 }
 * ```
 */
public class Lock {
    private var held = false
    private val waiters = WaiterQueue(this)

    /** Returns whether a task holds the lock. */
    public fun locked(): Boolean = held

    /** Waits until the lock is free and takes it; for a task that holds it already, for ever. */
    public suspend fun acquire() {
        if (held || waiters.hasLiveWaiter()) {
            waiters.await(onCancelled = { if (!held) waiters.wakeHead() })
        }
        held = true
    }

    /**
     * Frees the lock, which any task may do; the task that has waited longest gets it.
     *
     * @throws IllegalStateException if the lock is not held.
     */
    public fun release() {
        waiters.checkTurn("release")
        check(held) {
            "release() of a lock that is not held. Release once for each acquire(); withLock { } in Kotlin and " +
                "try (var held = await(lock.acquire())) in Java do that by themselves."
        }
        held = false
        waiters.wakeHead()
    }

    /** Runs [body] while holding the lock and returns its result. **Python.** `async with lock`. */
    public suspend inline fun <T> withLock(body: () -> T): T {
        acquire()
        try {
            return body()
        } finally {
            release()
        }
    }

    override fun toString(): String = "Lock(${if (held) "locked" else "unlocked"}, ${waiters.size} waiting)"
}
