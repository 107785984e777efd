package dev.tandem.internal

import dev.tandem.CancelledException
import dev.tandem.Context
import dev.tandem.Future
import dev.tandem.Task
import dev.tandem.isCancellation
import dev.tandem.isFatal
import kotlinx.coroutines.Job
import java.util.concurrent.CancellationException
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.createCoroutineUnintercepted
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn

/**
 * Drives the body of one task: runs it from one suspension to the next, and delivers cancellations to it.
 *
 * Owner: the loop thread. The object itself is the task's entry in the ready queue; there is at most one at a time.
 *
 * Where the body stands:
 *
 * | state                     | [parked] | [waiter] | [depth] | how a cancellation reaches it                    |
 * |---------------------------|----------|----------|---------|--------------------------------------------------|
 * | queued (start, yield)     | set      | null     | 0       | [mustCancel], thrown when the entry runs         |
 * | waiting on our future     | set      | set      | 0       | the future is cancelled; if done, as queued      |
 * | waiting on a channel      | set      | null     | 0       | the wait is given up, and the entry queued       |
 * | running                   | null     | null     | > 0     | [mustCancel], delivered at the next suspension   |
 * | suspended by kotlinx code | null     | null     | 0       | its [TaskJob] is cancelled, see there            |
 *
 * "Main frame" means the body itself and what it calls in place; a coroutine that it launches, or the inside of a
 * kotlinx scope, has a context of its own and is not.
 */
internal class TaskStep<T>(
    val task: Task<T>,
    private val loop: SingleThreadLoop,
    val contextValues: Context,
) : Continuation<T>,
    Runnable {
    override val context: CoroutineContext = TaskContext(this, loop)

    /** The main frame, where it waits for a future of ours or for its next turn. */
    private var parked: Continuation<Any?>? = null

    /** The future that the main frame waits for. */
    var waiter: Future<*>? = null
        private set

    /** The channel that the main frame waits for. */
    private var awaitedChannel: ChannelDirection? = null

    /** What the next turn throws instead of resuming normally. */
    private var pendingError: Throwable? = null

    private var depth = 0

    /** A requested cancellation that nobody has taken yet. */
    private var mustCancel = false
    private var cancelCause: Throwable? = null

    /** What kotlinx code sees as this task's Job; made when it first asks. */
    private var job: TaskJob? = null

    // ---- starting and suspending ----------------------------------------------------------------------------------

    fun start(body: suspend () -> T) {
        loop.tasks.add(task)
        parkStart(body)
        loop.enqueue(this)
    }

    /** Takes the first step now, inside the step of whoever creates the task. */
    fun startNow(body: suspend () -> T) {
        loop.tasks.add(task)
        parkStart(body)
        run()
    }

    /** Suspends the main frame until [future] is done. */
    suspend fun <V> await(future: Future<V>): V =
        suspendCoroutineUninterceptedOrReturn { continuation ->
            require(future.owner === loop) {
                "$task awaits $future, which belongs to another loop. Hand the work over with " +
                    "runCoroutineThreadsafe, or let the other loop complete a future of this one."
            }
            park(continuation)
            if (future === task) {
                pendingError = IllegalStateException("$task awaits itself: it can never be done before it goes on.")
                loop.enqueue(this)
            } else {
                waiter = future
                future.whenDone(this)
                if (mustCancel && future.requestCancel(task.cancelMessage, cancelCause)) mustCancel = false
            }
            COROUTINE_SUSPENDED
        }

    /** Suspends the main frame until [direction] calls [resumeLater]. As for a future, but without allocating one. */
    suspend fun await(direction: ChannelDirection): Unit =
        suspendCoroutineUninterceptedOrReturn { continuation ->
            park(continuation)
            if (mustCancel) {
                loop.enqueue(this)
            } else {
                awaitedChannel = direction
                direction.waitingStep = this
            }
            COROUTINE_SUSPENDED
        }

    /** Ends the wait for a channel in this pass, normally or with [error]. */
    fun resumeLater(error: Throwable? = null) {
        awaitedChannel = null
        pendingError = error
        loop.enqueue(this)
    }

    /** Suspends the main frame for exactly one turn. */
    suspend fun yieldTurn(): Unit =
        suspendCoroutineUninterceptedOrReturn { continuation ->
            park(continuation)
            loop.enqueue(this)
            COROUTINE_SUSPENDED
        }

    /**
     * The main frame was about to be suspended, but its caller cannot wait: it gets [error] here and now, again and again
     * while it waits for something else in cleaning up, within limits.
     */
    fun failWait(error: Throwable) {
        repeat(MAX_WAITS_OF_CLEANING_UP) {
            val continuation = parked ?: return
            loop.cycle.remove(this)
            waiter?.removeWhenDone(this)
            awaitedChannel?.waitingStep = null
            parked = null
            waiter = null
            awaitedChannel = null
            pendingError = null
            continuation.resumeWith(Result.failure(error))
        }
    }

    // ---- stepping -------------------------------------------------------------------------------------------------

    override fun run() {
        val continuation = parked!!
        val awaited = waiter
        val error = pendingError
        parked = null
        waiter = null
        pendingError = null
        inStep {
            val outcome =
                when {
                    awaited != null -> awaited.toResult()
                    error != null -> Result.failure(error)
                    else -> UNIT
                }
            continuation.resumeWith(withCancellation(outcome))
        }
    }

    /** Resumes a continuation that kotlinx code suspended; [isMainFrame] tells whose it is. */
    fun <V> resumeFromKotlinx(
        continuation: Continuation<V>,
        result: Result<V>,
        isMainFrame: Boolean,
    ) {
        inStep {
            if (isMainFrame) {
                job?.let {
                    if (it.answeredElsewhere) mustCancel = false
                    it.onProgress()
                }
                @Suppress("UNCHECKED_CAST")
                (continuation as Continuation<Any?>).resumeWith(withCancellation(result))
            } else {
                continuation.resumeWith(result)
            }
        }
    }

    /** The body has ended. */
    override fun resumeWith(result: Result<T>) {
        job?.close()
        loop.tasks.remove(task)
        val failure = result.exceptionOrNull()
        when {
            failure == null && mustCancel -> {
                mustCancel = false
                task.endCancelled(newCancellation(), task.cancelMessage)
            }
            failure == null -> task.finish(result.getOrNull())
            failure.isCancellation() -> task.endCancelled(failure as CancellationException, null)
            else -> {
                task.fail(failure)
                if (failure.isFatal()) throw failure
            }
        }
    }

    // ---- cancelling -----------------------------------------------------------------------------------------------

    fun requestCancel(
        message: String?,
        cause: Throwable?,
    ) {
        if (waiter?.requestCancel(message, cause) == true) return
        val channel = awaitedChannel
        if (channel != null) {
            channel.waitingStep = null
            resumeLater(CancelledException(message, cause))
            return
        }
        mustCancel = true
        task.cancelMessage = message
        cancelCause = cause
        deliverToKotlinx()
    }

    fun withdrawCancel() {
        mustCancel = false
    }

    // ---- for the Cycle --------------------------------------------------------------------------------------------

    /** Whether code of [other] runs in this step itself, and not in one that was taken inside of it. */
    fun isInnermostStepOf(other: Task<*>?): Boolean = depth == 1 && other === task && loop.currentTask === task

    /** Ends this step, which is the outermost one. */
    fun leave() {
        loop.cycle.openStep = null
        leave(null, loop.ownContext)
    }

    // ---- for TaskContext and TaskJob ------------------------------------------------------------------------------

    /** Whether the body stands in code that is not ours, which may go on without the loop's doing. */
    val isSuspendedByKotlinx: Boolean get() = depth == 0 && parked == null && !task.done()

    /** The Job that kotlinx code sees, now. */
    fun currentJob(): Job = (job ?: TaskJob(loop).also { job = it }).visible(insideStep = depth > 0)

    // ---- private --------------------------------------------------------------------------------------------------

    private fun parkStart(body: suspend () -> T) {
        @Suppress("UNCHECKED_CAST")
        parked = body.createCoroutineUnintercepted(this) as Continuation<Any?>
    }

    private fun park(continuation: Continuation<*>) {
        job?.onProgress()
        @Suppress("UNCHECKED_CAST")
        parked = continuation as Continuation<Any?>
    }

    private inline fun inStep(resume: () -> Unit) {
        val cycle = loop.cycle
        val outerTask = loop.currentTask
        val outerContext = loop.currentContext
        val isOutermost = cycle.openStep == null
        if (isOutermost) cycle.openStep = this
        loop.currentTask = task
        loop.currentContext = contextValues
        depth++
        try {
            resume()
        } finally {
            when {
                !isOutermost -> leave(outerTask, outerContext)
                !cycle.isContinued(this) -> leave()
            }
        }
    }

    private fun leave(
        outerTask: Task<*>?,
        outerContext: Context,
    ) {
        depth--
        loop.currentTask = outerTask
        loop.currentContext = outerContext
        deliverToKotlinx()
    }

    /** Replaces [outcome] by a cancellation that waits to be delivered; one that arrives by itself is kept. */
    private fun withCancellation(outcome: Result<Any?>): Result<Any?> {
        if (!mustCancel) return outcome
        mustCancel = false
        return if (outcome.exceptionOrNull().isCancellation()) {
            outcome
        } else {
            Result.failure(newCancellation())
        }
    }

    /** Where the body is suspended by kotlinx code, a waiting cancellation goes to the Job that this code watches. */
    private fun deliverToKotlinx() {
        if (mustCancel && isSuspendedByKotlinx) {
            job?.cancelGeneration(newCancellation()) { mustCancel = false }
        }
    }

    override fun toString(): String = "a step of $task"

    private fun newCancellation() = CancelledException(task.cancelMessage, cancelCause)

    private companion object {
        val UNIT: Result<Any?> = Result.success(Unit)

        const val MAX_WAITS_OF_CLEANING_UP = 100
    }
}
