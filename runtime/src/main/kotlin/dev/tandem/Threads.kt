package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture

/**
 * Runs blocking [work] on a thread of the loop's pool, in a copy of the current context, and returns its result.
 *
 * **Cancellation.** Interrupts the thread, if it has started, and does not wait for it. **Python.**
 * `asyncio.to_thread`.
 *
 * ```
 * val text = toThread { Files.readString(path) }
 * ```
 */
public suspend fun <T> toThread(work: () -> T): T {
    val context = copyContext()
    return SingleThreadLoop.running().runInExecutor(null) { context.run(work) }.await()
}

/**
 * Starts [coroutine] as a task of [loop], from any thread, and returns a future that the calling thread may block on.
 *
 * **Cancellation.** Cancelling the future cancels the task. **Threading.** Any thread but the loop's own, where
 * blocking on the result would never end. **Python.** `asyncio.run_coroutine_threadsafe`.
 *
 * @throws IllegalStateException if the loop is closed.
 */
public fun <T> runCoroutineThreadsafe(
    coroutine: Coroutine<T>,
    loop: EventLoop,
): CompletableFuture<T> {
    val result = ThreadsafeResult<T>(loop as SingleThreadLoop)
    loop.callSoonThreadsafe {
        try {
            result.follow(loop.createTask(coroutine))
        } catch (e: Throwable) {
            result.completeExceptionally(e)
            throw e
        }
    }
    return result
}

/** Starts [body] as a task of [loop]; otherwise as the overload with a coroutine. */
public fun <T> runCoroutineThreadsafe(
    loop: EventLoop,
    body: suspend () -> T,
): CompletableFuture<T> = runCoroutineThreadsafe(Coroutine(null, body), loop)

/** What another thread sees of a task: its outcome, and a way to cancel it. */
private class ThreadsafeResult<T>(
    private val loop: SingleThreadLoop,
) : CompletableFuture<T>() {
    /** Loop thread only; null until the task was made. */
    private var task: Task<T>? = null

    /** Loop thread. */
    fun follow(task: Task<T>) {
        this.task = task
        if (isDone) task.cancel()
        task.whenDone { task.toResult().fold({ complete(task.result()) }, ::completeExceptionally) }
    }

    override fun cancel(mayInterruptIfRunning: Boolean): Boolean =
        super.cancel(mayInterruptIfRunning).also { if (it) stopTask(null) }

    /** Also what `orTimeout` calls: nobody waits for the task any more. */
    override fun completeExceptionally(exception: Throwable): Boolean =
        super.completeExceptionally(exception).also { if (it) stopTask(exception) }

    /** Also what `completeOnTimeout` calls. */
    override fun complete(value: T): Boolean = super.complete(value).also { if (it) stopTask(null) }

    private fun stopTask(cause: Throwable?) = loop.runOrHandOver { task?.requestCancel(cause?.message, cause) }

    override fun get(): T {
        checkNotOnLoop()
        return super.get()
    }

    override fun join(): T {
        checkNotOnLoop()
        return super.join()
    }

    override fun <U> newIncompleteFuture(): CompletableFuture<U> = CompletableFuture()

    private fun checkNotOnLoop() {
        check(isDone || !loop.hasTurn()) {
            "Blocking on the loop's own thread: the task could never go on. Await it instead: createTask(...).await()."
        }
    }
}
