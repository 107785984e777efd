package dev.tandem

import dev.tandem.internal.CreationStack
import dev.tandem.internal.FailureRecord
import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TaskContext
import dev.tandem.internal.forgetfulness
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withContext
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater
import java.util.function.Supplier
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.coroutineContext
import kotlin.coroutines.resume

/** Is told that a future is done, see [Future.addDoneCallback]. */
public fun interface DoneCallback<T> {
    /** Called on the loop thread, in a pass after the one that completed [future]. */
    public fun onDone(future: Future<T>)
}

/**
 * A result that is not there yet, completed once, on one loop. Made by [EventLoop.createFuture].
 *
 * It is also a [CompletableFuture]: all that class offers works from any thread. Completing or cancelling from another
 * thread is handed to the loop and takes effect in its next pass. Done-callbacks and dependents (`thenApply`) never
 * run inside the call that completes the future, but in the next pass, on the loop thread.
 *
 * The states: pending, then either cancelled or finished with a result or an exception.
 *
 * **Threading.** Loop thread only, but for the members of `CompletableFuture`, [cancel] and [done].
 * **Python.** `asyncio.Future`.
 */
public open class Future<T> internal constructor(
    internal val owner: SingleThreadLoop,
) : CompletableFuture<T>(),
    Awaitable<T> {
    private enum class State { PENDING, CANCELLED, FAILED, FINISHED }

    @Volatile
    private var state = State.PENDING

    /** The result, a [FailureRecord], or the cancellation that its first reader gets; written before [state]. */
    private var outcome: Any? = null

    /** Where this future was made; in debug mode only. */
    internal val createdAt: Throwable? = if (owner.debug) CreationStack() else null

    /** Null, one entry for the ready queue, or an ArrayList of them. Loop thread only. */
    private var callbacks: Any? = null

    /** 1 once another thread has handed in a completion: the second such thread is told that it came too late. */
    @Volatile
    @Suppress("unused")
    private var claimedByThread = 0

    /** What the last cancellation said, and one made from now on says. Loop thread only. */
    internal var cancelMessage: String? = null

    /** The loop that this future belongs to. **Python.** `future.get_loop()`. */
    @get:JvmName("loop")
    public val loop: EventLoop get() = owner

    // ---- state ----------------------------------------------------------------------------------------------------

    /** Returns whether this future has a result, an exception, or was cancelled. Any thread. */
    public fun done(): Boolean = state != State.PENDING

    /** Returns whether this future was cancelled. Any thread. */
    public fun cancelled(): Boolean = state == State.CANCELLED

    /**
     * Returns the result or throws the exception, without waiting.
     *
     * @throws InvalidStateException if this future is not done.
     * @throws CancelledException if it was cancelled.
     */
    @Suppress("UNCHECKED_CAST")
    public fun result(): T {
        when (state) {
            State.PENDING -> throw notDone("result")
            State.CANCELLED -> throw takeCancellation()
            State.FAILED -> throw retrieveFailure()
            State.FINISHED -> return outcome as T
        }
    }

    /**
     * Returns the exception, or null if there is a result.
     *
     * @throws InvalidStateException if this future is not done.
     * @throws CancelledException if it was cancelled.
     */
    public fun exception(): Throwable? =
        when (state) {
            State.PENDING -> throw notDone("exception")
            State.CANCELLED -> throw takeCancellation()
            State.FAILED -> retrieveFailure()
            State.FINISHED -> null
        }

    // ---- completing -----------------------------------------------------------------------------------------------

    /**
     * Finishes this future with [value]; whoever waits goes on in the next pass.
     *
     * @throws InvalidStateException if it is done, also when it was cancelled.
     * @throws IllegalStateException on a thread other than the loop's; [complete] works from any.
     */
    public open fun setResult(value: T) {
        owner.checkTurn("setResult", "complete(value)")
        if (!requestOutcome(Result.success(value))) throw alreadyDone("setResult")
    }

    /** Finishes this future with [exception]; otherwise as [setResult]. From other threads: [completeExceptionally]. */
    public open fun setException(exception: Throwable) {
        owner.checkTurn("setException", "completeExceptionally(exception)")
        if (!requestOutcome(Result.failure(exception))) throw alreadyDone("setException")
    }

    /**
     * Cancels this future; who awaits it gets a [CancelledException] with [message]. Any thread.
     *
     * @return false if it was done already; true from another thread means that the request was handed to the loop.
     */
    @JvmOverloads
    public fun cancel(message: String? = null): Boolean = onOwnThread { requestCancel(message, null) }

    /** Calls [callback] with this future in the pass after it is done (at once done: in the next pass). */
    public fun addDoneCallback(callback: DoneCallback<T>): Unit = addDoneCallback(copyContext(), callback)

    /** Calls [callback] in [context]; otherwise as the overload without it. */
    public fun addDoneCallback(
        context: Context,
        callback: DoneCallback<T>,
    ) {
        owner.checkTurn("addDoneCallback", "whenComplete(action)")
        whenDone(DoneCallbackEntry(this, context, callback))
    }

    /** Removes every registration of [callback] that has not been scheduled yet and returns how many there were. */
    public fun removeDoneCallback(callback: DoneCallback<T>): Int =
        removeEntries { it is DoneCallbackEntry<*> && it.callback == callback }

    override suspend fun await(): T {
        if (done()) return result()
        val context = coroutineContext
        return if (context is TaskContext) context.step.await(this) else awaitOutsideTask()
    }

    // ---- CompletableFuture ----------------------------------------------------------------------------------------

    /** Hands [value] to the loop; true if this call was the first from another thread and the future not done. */
    override fun complete(value: T): Boolean = onOwnThread { requestOutcome(Result.success(value)) }

    /** Also what `orTimeout` calls. */
    override fun completeExceptionally(exception: Throwable): Boolean =
        onOwnThread { requestOutcome(Result.failure(exception)) }

    override fun cancel(mayInterruptIfRunning: Boolean): Boolean = cancel(null)

    override fun completeAsync(
        supplier: Supplier<out T>,
        executor: Executor,
    ): CompletableFuture<T> {
        executor.execute {
            runCatching { supplier.get() }.fold({ complete(it) }, { completeExceptionally(it) })
        }
        return this
    }

    override fun completeAsync(supplier: Supplier<out T>): CompletableFuture<T> =
        completeAsync(supplier, defaultExecutor())

    override fun isDone(): Boolean = done()

    override fun isCancelled(): Boolean = cancelled()

    override fun isCompletedExceptionally(): Boolean = state == State.CANCELLED || state == State.FAILED

    override fun get(): T = if (done()) outcomeOrThrow(::ExecutionException) else blocking("get") { super.get() }

    override fun get(
        timeout: Long,
        unit: TimeUnit,
    ): T = if (done()) outcomeOrThrow(::ExecutionException) else blocking("get") { super.get(timeout, unit) }

    override fun join(): T = if (done()) outcomeOrThrow(::CompletionException) else blocking("join") { super.join() }

    override fun getNow(valueIfAbsent: T): T = if (done()) outcomeOrThrow(::CompletionException) else valueIfAbsent

    override fun obtrudeValue(value: T): Unit = throw UnsupportedOperationException(OBTRUDE)

    override fun obtrudeException(ex: Throwable): Unit = throw UnsupportedOperationException(OBTRUDE)

    /** Called for each dependent, which sees an exception that is there already. */
    override fun <U> newIncompleteFuture(): CompletableFuture<U> {
        if (state == State.FAILED) retrieveFailure()
        return CompletableFuture()
    }

    override fun toString(): String = "Future(${describeState()})"

    // ---- for the runtime ------------------------------------------------------------------------------------------

    internal open fun requestCancel(
        message: String?,
        cause: Throwable?,
    ): Boolean {
        if (state == State.FAILED) retrieveFailure()
        return finishCancelled(CancelledException(message, cause), message)
    }

    /**
     * Somebody outside gives [outcome] to this future. What stands for work stops that first. Returns false, and changes
     * nothing, if it comes too late. Loop thread.
     */
    internal open fun requestOutcome(outcome: Result<T>): Boolean = outcome.fold(::finish, ::fail)

    /** Loop thread. Each of these returns false, and changes nothing, if this future is done. */
    internal fun finish(value: Any?): Boolean = become(State.FINISHED, value)

    internal fun fail(exception: Throwable): Boolean {
        if (done()) return false
        val record = FailureRecord(exception, owner, describeBriefly(), createdAt)
        // Whoever is attached already sees the exception; otherwise it is reported if nobody ever asks for it.
        if (numberOfDependents > 0) record.retrieved = true else forgetfulness.register(this, record)
        return become(State.FAILED, record)
    }

    internal fun finishCancelled(
        cancellation: CancellationException,
        laterMessage: String?,
    ): Boolean {
        if (done()) return false
        cancelMessage = laterMessage
        return become(State.CANCELLED, cancellation)
    }

    /** Puts [entry] into the ready queue when this future is done, or now if it is. Loop thread. */
    internal fun whenDone(entry: Runnable) {
        val present = callbacks
        when {
            done() -> owner.enqueue(entry)
            present == null -> callbacks = entry
            present is ArrayList<*> -> entriesOf(present).add(entry)
            else -> callbacks = arrayListOf(present, entry)
        }
    }

    internal fun removeWhenDone(entry: Runnable) {
        removeEntries { it === entry }
    }

    /** The cancellation to throw: the original for the first who asks, a new one for everybody else. */
    internal fun takeCancellation(): CancellationException {
        val original = if (state == State.CANCELLED) outcome as CancellationException? else null
        if (original != null) outcome = null
        return original ?: CancelledException(cancelMessage)
    }

    /** How a coroutine that waited for this future goes on. */
    internal fun toResult(): Result<Any?> =
        when (state) {
            State.CANCELLED -> Result.failure(takeCancellation())
            State.FAILED -> Result.failure(retrieveFailure())
            else -> Result.success(outcome)
        }

    /** The exception, or null for a result and for a cancellation. */
    internal fun failureOrNull(): Throwable? = if (state == State.FAILED) retrieveFailure() else null

    internal open fun describeBriefly(): String = "Future"

    internal fun describeState(): String =
        when (state) {
            State.PENDING -> "pending"
            State.CANCELLED -> "cancelled"
            State.FAILED -> "failed: ${(outcome as FailureRecord).exception}"
            State.FINISHED -> "result=$outcome"
        }

    /** Runs [action] here if this is the loop's thread, or else hands it over; false if it could not take effect. */
    internal inline fun onOwnThread(crossinline action: () -> Boolean): Boolean {
        var acted = false
        if (owner.actHere { acted = action() }) return acted
        if (done() || !claim()) return false
        owner.handOver { action() }
        return true
    }

    /**
     * Of the threads that want to complete a future the first may; what stands for work takes every request to stop it.
     * Any thread.
     */
    internal open fun claim(): Boolean = CLAIMED.compareAndSet(this, 0, 1)

    // ---- private --------------------------------------------------------------------------------------------------

    private fun become(
        newState: State,
        newOutcome: Any?,
    ): Boolean {
        if (done()) return false
        outcome = newOutcome
        state = newState
        scheduleCallbacks()
        // Dependents of the CompletableFuture count as callbacks: they get a turn of their own. One that another
        // thread attaches at this very moment may still run right here, on the loop thread.
        if (numberOfDependents == 0) completeDependents() else owner.enqueueDependents(::completeDependents)
        return true
    }

    private fun retrieveFailure(): Throwable {
        val record = outcome as FailureRecord
        record.retrieved = true
        return record.exception
    }

    private fun scheduleCallbacks() {
        val scheduled = callbacks
        callbacks = null
        when (scheduled) {
            null -> return
            is ArrayList<*> -> entriesOf(scheduled).forEach(owner::enqueue)
            else -> owner.enqueue(scheduled as Runnable)
        }
    }

    @Suppress("UNCHECKED_CAST")
    private fun completeDependents() {
        when (state) {
            State.FINISHED -> super.complete(outcome as T)
            State.FAILED -> super.completeExceptionally((outcome as FailureRecord).exception)
            else -> super.completeExceptionally(outcome as? CancellationException ?: CancelledException(cancelMessage))
        }
    }

    private fun removeEntries(matches: (Any?) -> Boolean): Int {
        val present = callbacks
        if (present is ArrayList<*>) {
            val before = present.size
            present.removeIf(matches)
            return before - present.size
        }
        if (present == null || !matches(present)) return 0
        callbacks = null
        return 1
    }

    /** Waits as an ordinary kotlinx coroutine does, on whatever thread; passes a cancellation on, as a task would. */
    private suspend fun awaitOutsideTask(): T {
        check(!owner.hasTurn() || !coroutineContext.isOfRunBlocking()) {
            "runBlocking { } in a task or callback waits for $this and blocks the loop that would complete it. Let " +
                "the function that calls runBlocking be a suspend function itself, and call what is inside directly."
        }
        try {
            joinOutsideTask()
        } catch (e: CancellationException) {
            cancel(e.message)
            withContext(NonCancellable) { joinOutsideTask() }
            // What kotlinx has thrown: it knows its own time limit by the exception.
            if (cancelled()) throw e
        }
        return result()
    }

    private suspend fun joinOutsideTask() {
        suspendCancellableCoroutine { continuation ->
            val entry = Runnable { continuation.resume(Unit) }
            owner.runOrHandOver { whenDone(entry) }
            continuation.invokeOnCancellation { owner.runOrHandOver { removeWhenDone(entry) } }
        }
    }

    @Suppress("UNCHECKED_CAST")
    private fun outcomeOrThrow(wrap: (Throwable) -> Exception): T =
        when (state) {
            State.FINISHED -> outcome as T
            State.FAILED -> throw wrap(retrieveFailure())
            else -> throw CancelledException(cancelMessage)
        }

    private inline fun blocking(
        call: String,
        wait: () -> T,
    ): T {
        check(!owner.hasTurn()) {
            "$call() on the loop's own thread: $this is not done, and only this thread could complete it, so " +
                "the wait would never end. Write await() instead."
        }
        return wait()
    }

    private fun notDone(call: String) =
        InvalidStateException("$call(): $this is not done yet. Await it, or ask done() first.")

    private fun alreadyDone(call: String) =
        InvalidStateException("$call(): $this is done already. Where several may complete it, ask done() first.")

    @Suppress("UNCHECKED_CAST")
    private fun entriesOf(list: ArrayList<*>) = list as ArrayList<Runnable>

    private companion object {
        val CLAIMED: AtomicIntegerFieldUpdater<Future<*>> =
            AtomicIntegerFieldUpdater.newUpdater(Future::class.java, "claimedByThread")

        const val OBTRUDE = "A Tandem future is completed once: what was read cannot be changed afterwards."
    }
}

/** Whether the coroutine is run by a thread that does nothing else until it has ended. kotlinx keeps the type to itself. */
private fun CoroutineContext.isOfRunBlocking() =
    get(ContinuationInterceptor)?.javaClass?.name == "kotlinx.coroutines.BlockingEventLoop"

/** A done-callback on its way: an entry of the ready queue once the future is done. */
private class DoneCallbackEntry<T>(
    private val future: Future<T>,
    private val context: Context,
    val callback: DoneCallback<T>,
) : Runnable {
    override fun run() {
        future.owner.currentContext = context
        callback.onDone(future)
    }

    override fun toString(): String = "done-callback $callback of $future"
}
