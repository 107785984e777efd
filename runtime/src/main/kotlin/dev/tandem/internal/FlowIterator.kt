package dev.tandem.internal

import dev.tandem.AsyncIterator
import dev.tandem.CancelledException
import dev.tandem.ExceptionContext
import dev.tandem.Task
import dev.tandem.isCancellation
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * The values of [flow] one by one, for code that asks for them, such as a for loop in Java.
 *
 * The flow runs as part of the frame that asks, in its task and context, and only while that frame waits in [hasNext]
 * or [close]; in between it stands in its `emit`. That adds no task, no turn of the loop and no buffer. Who stops
 * asking before the end closes this; what is left open when the task ends is ended then.
 *
 * | state    | the flow                          | [producer] | [consumer]                                    |
 * |----------|-----------------------------------|------------|-----------------------------------------------|
 * | NEW      | has not started                   | null       | null                                          |
 * | RUNNING  | runs, or waits for something else | null       | waits; null when the task has ended           |
 * | STANDING | waits in `emit`                   | set        | null                                          |
 * | ENDED    | has ended, or is not waited for   | null       | null                                          |
 *
 * Owner: the loop thread.
 */
internal class FlowIterator<T>(
    private val flow: Flow<T>,
) : AsyncIterator<T>,
    FlowCollector<T>,
    Continuation<Unit> {
    private enum class State { NEW, RUNNING, STANDING, ENDED }

    private var state = State.NEW

    /** Whether [value] is there and was not taken. */
    private var found = false
    private var value: T? = null

    /** The flow's frame in `emit`. */
    private var producer: Continuation<Unit>? = null

    /** The frame that asks. It is resumed only if it has suspended, that is, if [onStack] is false. */
    private var consumer: Continuation<Unit>? = null
    private var onStack = false

    /** What the flow failed with, until it is thrown. */
    private var failure: Throwable? = null

    /** What `emit` throws once no more values are wanted. */
    private var farewell: CancelledException? = null

    private lateinit var loop: SingleThreadLoop
    private lateinit var frame: CoroutineContext
    private var task: Task<*>? = null
    private val onTaskEnd = Runnable(::abandon)

    // ---- the side that asks ---------------------------------------------------------------------------------------

    override suspend fun hasNext(): Boolean {
        if (!found && state != State.ENDED) runFlow()
        return found
    }

    @Suppress("UNCHECKED_CAST")
    override fun next(): T {
        if (!found) throw NoSuchElementException("Ask hasNext() first, or use a for loop.")
        val taken = value as T
        found = false
        value = null
        return taken
    }

    /** Whether the flow has started and was not seen to end. */
    val isOpen: Boolean get() = state == State.RUNNING || state == State.STANDING

    /**
     * Ends the flow where it stands, as a cancellation of its `emit`, and waits for its `finally` blocks. Does nothing
     * when it is not open.
     *
     * @throws IllegalStateException if the flow emits once more.
     */
    suspend fun close() {
        if (!isOpen) return
        dropValue()
        farewell = newFarewell()
        try {
            runFlow()
        } catch (e: CancelledException) {
            if (e !== farewell) throw e
        }
    }

    /** Lets the flow go on, and returns when it stands in `emit` again or has ended. */
    private suspend fun runFlow() {
        suspendCoroutineUninterceptedOrReturn { continuation ->
            enter(continuation)
            onStack = true
            proceed()
            onStack = false
            if (state == State.RUNNING) {
                COROUTINE_SUSPENDED
            } else {
                consumer = null
                takeFailure()?.let { throw it }
                Unit
            }
        }
    }

    private fun enter(continuation: Continuation<Unit>) {
        if (state == State.NEW) {
            loop = SingleThreadLoop.running()
            frame = continuation.context
            task = loop.currentTask?.also { it.whenDone(onTaskEnd) }
        }
        check(consumer == null) { "Two tasks wait for the next value of one iteration: let each have one of its own." }
        check(frame === continuation.context) {
            "The iteration over this flow was begun by ${beginner()}, in another coroutine than this: a flow runs as " +
                "part of the code that iterates over it. Iterate over the flow itself here, or hand the values over " +
                "in a Queue."
        }
        consumer = continuation
    }

    private fun proceed() {
        val standing = producer
        producer = null
        val starting = state == State.NEW
        state = State.RUNNING
        val exception = farewell
        when {
            starting -> start()
            exception != null -> standing!!.resumeWithException(exception)
            else -> standing!!.resume(Unit)
        }
    }

    private fun start() {
        val result =
            try {
                startInline({ flow.collect(this) }, this)
            } catch (e: Throwable) {
                return end(Result.failure(e))
            }
        if (result !== suspended) end(Result.success(Unit))
    }

    // ---- the flow's side ------------------------------------------------------------------------------------------

    /** Of the flow's frames: the same as that of the frame that asks. */
    override val context: CoroutineContext get() = frame

    override suspend fun emit(value: T): Unit =
        suspendCoroutineUninterceptedOrReturn { continuation ->
            onLoop { arrival ->
                if (arrival.isSuccess) stand(value, continuation) else continuation.resumeWith(arrival)
            }
            COROUTINE_SUSPENDED
        }

    /** The flow has ended. */
    override fun resumeWith(result: Result<Unit>) {
        onLoop { arrival -> end(if (arrival.isSuccess) result else arrival) }
    }

    private fun stand(
        value: T,
        continuation: Continuation<Unit>,
    ) {
        if (farewell != null) return end(Result.failure(emittedOnceMore()))
        this.value = value
        found = true
        producer = continuation
        state = State.STANDING
        wakeConsumer()
    }

    private fun end(result: Result<Unit>) {
        state = State.ENDED
        failure = result.exceptionOrNull()
        task?.removeWhenDone(onTaskEnd)
        wakeConsumer()
    }

    private fun wakeConsumer() {
        if (onStack) return
        val waiting = consumer ?: return reportFailure()
        consumer = null
        val exception = takeFailure()
        if (exception == null) waiting.resume(Unit) else waiting.resumeWithException(exception)
    }

    /** The flow may have been resumed by a thread of somebody's, past the interceptor. After the loop, nobody waits. */
    private fun onLoop(action: (Result<Unit>) -> Unit) {
        if (loop.hasTurn()) return action(Result.success(Unit))
        if (loop.isClosed) return
        frame[ContinuationInterceptor]!!.interceptContinuation(Continuation(frame, action)).resume(Unit)
    }

    // ---- left open ------------------------------------------------------------------------------------------------

    /** The task has ended. The flow's `finally` blocks run, now or as soon as what they wait for is there. */
    private fun abandon() {
        if (state != State.STANDING) return
        dropValue()
        farewell = newFarewell()
        proceed()
    }

    private fun reportFailure() {
        val exception = takeFailure()
        if (exception == null || exception.isCancellation()) return
        loop.callExceptionHandler(
            ExceptionContext("A flow failed while it was ended, after ${beginner()} had left it open", exception, task),
        )
    }

    private fun beginner() = task?.describeBriefly() ?: "a coroutine that is no task"

    private fun dropValue() {
        found = false
        value = null
    }

    private fun takeFailure(): Throwable? = failure.also { failure = null }

    private fun newFarewell() = CancelledException("The loop over this flow was left before the flow had ended.")

    private fun emittedOnceMore() =
        IllegalStateException(
            "The flow emitted a value after the loop over it was left: it caught the CancellationException that " +
                "emit() threw, or it emits in a finally block. Let that exception end the flow.",
        )
}
