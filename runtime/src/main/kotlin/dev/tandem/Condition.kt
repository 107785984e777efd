package dev.tandem

import dev.tandem.internal.TaskContext
import dev.tandem.internal.WaiterQueue
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.util.concurrent.CancellationException
import kotlin.coroutines.coroutineContext

/**
 * Lets tasks that share a [lock] wait for a change that another one announces.
 *
 * **Cancellation.** A cancelled [await] ends holding the lock, as every end of [await] does; one that was signalled and
 * then cancelled passes the signal on. **Threading.** Tasks of one loop. **Python.** `asyncio.Condition`; `wait`,
 * `notify` and `notify_all` are called [await], [signal] and [signalAll], as in `java.util.concurrent`.
 *
 * ```
 * condition.withLock {
 *     condition.await { stock > 0 }
 *     stock--
 * }
 * ```
 */
public class Condition(
    /** The lock that protects what is waited for. */
    public val lock: Lock = Lock(),
) {
    private val waiters = WaiterQueue(this)

    /** Returns whether a task holds the lock. */
    public fun locked(): Boolean = lock.locked()

    /** Takes the lock. */
    public suspend fun acquire(): Unit = lock.acquire()

    /**
     * Frees the lock.
     *
     * @throws IllegalStateException if the lock is not held.
     */
    public fun release(): Unit = lock.release()

    /** Runs [body] while holding the lock and returns its result. */
    public suspend inline fun <T> withLock(body: () -> T): T = lock.withLock(body)

    /**
     * Frees the lock, waits for a signal, and takes the lock again.
     *
     * @throws IllegalStateException if the lock is not held.
     */
    public suspend fun await() {
        checkLocked("await()")
        release()
        try {
            try {
                waiters.await(onCancelled = {})
            } finally {
                reacquire()
            }
        } catch (e: Throwable) {
            // This task may have been signalled before it was cancelled; who waits behind it must not lose that.
            waiters.wakeNext()
            throw e
        }
    }

    /**
     * Waits until [predicate] is true, asking again after each signal; returns at once if it is. The lock is held
     * whenever [predicate] is asked.
     *
     * **Python.** `wait_for`, which returns what the predicate returned.
     *
     * @throws IllegalStateException if it has to wait and the lock is not held.
     */
    public suspend fun await(predicate: () -> Boolean) {
        while (!predicate()) await()
    }

    /**
     * Wakes up to [count] tasks that wait; they go on when they get the lock. Nobody waits: nothing happens, later
     * waits included. Any task may signal while the lock is held, whoever holds it.
     *
     * @throws IllegalStateException if the lock is not held.
     */
    public fun signal(count: Int = 1) {
        waiters.checkTurn("signal")
        checkLocked("signal()")
        repeat(count) { if (!waiters.wakeNext()) return }
    }

    /**
     * Wakes all tasks that wait.
     *
     * @throws IllegalStateException if the lock is not held.
     */
    public fun signalAll(): Unit = signal(waiters.size)

    private fun checkLocked(call: String) =
        check(locked()) {
            "$call without the lock. Take it before: condition.withLock { } in Kotlin, " +
                "try (var held = await(condition.acquire())) in Java."
        }

    /** Takes the lock whatever happens; a cancellation that arrives meanwhile is thrown afterwards, the last one. */
    private suspend fun reacquire() {
        var cancellation: CancellationException? = null
        while (true) {
            try {
                lock.acquire()
                break
            } catch (e: CancellationException) {
                cancellation = e
                // Inside a kotlinx scope a cancellation stays, so that another try would fail for ever.
                if (coroutineContext !is TaskContext) {
                    withContext(NonCancellable) { lock.acquire() }
                    break
                }
            }
        }
        if (cancellation != null) throw cancellation
    }

    override fun toString(): String = "Condition(${if (locked()) "locked" else "unlocked"}, ${waiters.size} waiting)"
}
