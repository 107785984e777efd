package dev.tandem

import dev.tandem.internal.WaiterQueue

/**
 * A flag that tasks wait for.
 *
 * **Threading.** Tasks of one loop. **Python.** `asyncio.Event`; `wait` is called [await] here, since every Java
 * object has a `wait` of its own.
 *
 * ```
 * val ready = Event()
 * createTask { prepare(); ready.set() }
 * ready.await()
 * ```
 */
public class Event {
    private var flag = false
    private val waiters = WaiterQueue(this)

    /** Returns whether the flag is set. */
    public fun isSet(): Boolean = flag

    /** Sets the flag and wakes all that wait, even if it is cleared again before they run. */
    public fun set() {
        waiters.checkTurn("set")
        if (flag) return
        flag = true
        waiters.wakeAll()
    }

    /** Clears the flag. */
    public fun clear() {
        flag = false
    }

    /** Waits until the flag is set; returns at once if it is. */
    public suspend fun await() {
        if (!flag) waiters.await(onCancelled = {})
    }

    override fun toString(): String = "Event(${if (flag) "set" else "not set"}, ${waiters.size} waiting)"
}
