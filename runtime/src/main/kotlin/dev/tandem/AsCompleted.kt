package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import kotlin.time.Duration

/**
 * Runs [awaitables] at once and gives them in the order in which they are done; nothing is cancelled at the end.
 *
 * Two ways to use what is returned: plain iteration gives coroutines, each of which, awaited, yields the result of the
 * **next** one to be done; [AsCompleted.futures] gives the very futures and tasks that were passed in, once they are
 * done. When [timeout] has passed before all are done, each wait that is left throws [TimeoutException].
 *
 * **Cancellation.** Ends the wait alone. **Python.** `asyncio.as_completed`.
 *
 * ```
 * for (next in asCompleted(listOf(a, b, c))) println(next.await())
 * for (task in asCompleted(listOf(a, b, c)).futures()) println("$task: ${task.result()}")
 * ```
 *
 * @param timeout on the loop's clock; null: no limit
 */
public fun <T> asCompleted(
    awaitables: Collection<Awaitable<T>>,
    timeout: Duration? = null,
): AsCompleted<T> = AsCompleted(SingleThreadLoop.running(), awaitables, timeout)

/** The awaitables given to [asCompleted], in the order in which they are done. Loop thread only. */
public class AsCompleted<T> internal constructor(
    loop: SingleThreadLoop,
    awaitables: Collection<Awaitable<T>>,
    timeout: Duration?,
) : Iterator<Coroutine<T>> {
    /** What is done and was not asked for yet; null stands for one that time ran out for. */
    private val completed = Queue<Future<T>?>()
    private val running = LinkedHashMap<Future<T>, Runnable>()
    private var timer: Handle? = null

    /** How many waits are still to be given out. */
    private var left: Int

    init {
        val futures = awaitables.distinct().map { ensureFuture(it, loop) }.distinct()
        left = futures.size
        for (future in futures) {
            val entry = Runnable { onDone(future) }
            running[future] = entry
            future.whenDone(entry)
        }
        if (timeout != null && futures.isNotEmpty()) {
            timer = loop.startTimer(timeout, ::onTimeout)
        }
    }

    override fun hasNext(): Boolean = left > 0

    override fun next(): Coroutine<T> {
        if (left == 0) throw NoSuchElementException("Every awaitable was given out already.")
        left--
        return Coroutine("asCompleted") { takeNext().result() }
    }

    /** Returns an iterator over the futures and tasks themselves, each once it is done. */
    public fun futures(): AsyncIterator<Future<T>> =
        object : AsyncIterator<Future<T>> {
            private var found: Future<T>? = null

            override suspend fun hasNext(): Boolean {
                if (found != null) return true
                if (left == 0) return false
                left--
                found = takeNext()
                return true
            }

            override fun next(): Future<T> {
                val future = found ?: throw NoSuchElementException("Ask hasNext() first, or use a for loop.")
                found = null
                return future
            }
        }

    private suspend fun takeNext(): Future<T> =
        completed.get() ?: throw TimeoutException("Not all awaitables of asCompleted() were done in time.")

    private fun onDone(future: Future<T>) {
        if (running.remove(future) == null) return
        completed.putNoWait(future)
        if (running.isEmpty()) timer?.cancel()
    }

    private fun onTimeout() {
        running.forEach { (future, entry) ->
            future.removeWhenDone(entry)
            completed.putNoWait(null)
        }
        running.clear()
    }
}
