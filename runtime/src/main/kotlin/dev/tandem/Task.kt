package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TaskStep
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Executor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicLong
import java.util.function.Supplier

/**
 * Returns a task that runs [body] on the running loop, beside the caller. Its first step is taken in the next pass.
 *
 * @param name for `toString`, reports and [currentTask]; null gives `Task-N`
 * @param context what the task's [ContextVar]s read; null: a copy of the current context
 * @param eagerStart true: the first step is taken here and now, up to the first suspension; null: as the loop's
 * [EventLoop.taskFactory] has it, by default false
 *
 * **Threading.** Loop thread only; from others [runCoroutineThreadsafe]. **Python.** `asyncio.create_task`. Differs
 * from asyncio: the loop keeps the task alive until it is done, whether or not the caller keeps it.
 *
 * ```
 * val quote = createTask { fetchQuote() }
 * render(quote.await())
 * ```
 *
 * @throws IllegalStateException if no loop runs on this thread.
 */
public fun <T> createTask(
    name: String? = null,
    context: Context? = null,
    eagerStart: Boolean? = null,
    body: suspend () -> T,
): Task<T> = runningLoop().createTask(name, context, eagerStart, body)

/** Returns a task that runs [coroutine]; otherwise as the overload with a body. */
public fun <T> createTask(
    coroutine: Coroutine<T>,
    name: String? = null,
    context: Context? = null,
    eagerStart: Boolean? = null,
): Task<T> = runningLoop().createTask(coroutine, name, context, eagerStart)

/**
 * A coroutine that runs on the loop by itself, and the future of its result.
 *
 * It runs until it awaits something that is not done, then others have their turn. Cancelling it throws a
 * [CancelledException] at the `await` where it stands (`docs/semantics.md`, Cancellation). Only its body completes a
 * task: [setResult], [setException] and [complete] are refused, [completeExceptionally] (hence `orTimeout`) asks the
 * body to stop and becomes the outcome when it does.
 *
 * **Python.** `asyncio.Task`.
 */
public class Task<T>
    /** For a [TaskFactory]; everybody else uses [createTask]. */
    public constructor(
        loop: EventLoop,
        coroutine: Coroutine<T>,
        name: String? = null,
        context: Context? = null,
        eagerStart: Boolean = false,
    ) : Future<T>(loop as SingleThreadLoop) {
        private val step: TaskStep<T>

        private var givenName: String? = name
        private val number: Long = if (name == null) lastNumber.incrementAndGet() else 0

        private var cancelRequests = 0

        /** What another thread or `orTimeout` wants this task to fail with, once it has stopped. */
        private var requestedFailure: Throwable? = null

        /** Neighbours in the loop's list of the tasks that are not done. Loop thread only. */
        internal var next: Task<*>? = null
        internal var previous: Task<*>? = null

        /** The context that the steps run in. **Python.** `task.get_context()`. */
        @get:JvmName("context")
        public val context: Context get() = step.contextValues

        /** The name; it may be changed at any time. **Python.** `task.get_name()`, `task.set_name()`. */
        public var name: String
            get() = givenName ?: "Task-$number"
            set(value) {
                givenName = value
            }

        /** Whether the name was made up for lack of a given one. */
        internal val hasAutomaticName: Boolean get() = givenName == null

        internal val isSuspendedByKotlinx: Boolean get() = step.isSuspendedByKotlinx

        init {
            owner.checkOpen()
            step = TaskStep(this, owner, context ?: copyContext())
            val body = coroutine.take()
            if (eagerStart && owner.isRunning) step.startNow(body) else step.start(body)
        }

        /**
         * Returns how many cancellations were requested and not taken back by [uncancel]. Catching a
         * [CancelledException] does not lower it.
         */
        public fun cancelling(): Int = cancelRequests

        /**
         * Takes one cancellation request back and returns how many are left; at zero, one that was not delivered yet
         * is not delivered any more. For code that called [cancel] itself, to limit what it cancels.
         */
        public fun uncancel(): Int {
            if (cancelRequests > 0 && --cancelRequests == 0) step.withdrawCancel()
            return cancelRequests
        }

        override fun setResult(value: T): Unit = throw refusal("setResult")

        override fun setException(exception: Throwable): Unit = throw refusal("setException")

        override fun complete(value: T): Boolean = throw refusal("complete")

        override fun completeAsync(
            supplier: Supplier<out T>,
            executor: Executor,
        ): CompletableFuture<T> = throw refusal("completeAsync")

        override fun completeOnTimeout(
            value: T,
            timeout: Long,
            unit: TimeUnit,
        ): CompletableFuture<T> = throw refusal("completeOnTimeout")

        /** What [completeExceptionally] asks for; results are refused. */
        override fun requestOutcome(outcome: Result<T>): Boolean {
            val failure = outcome.exceptionOrNull()
            if (!done()) requestedFailure = failure
            return requestCancel(failure?.message, failure)
        }

        override fun claim(): Boolean = true

        override fun toString(): String {
            val awaited = step.waiter
            val waiting = if (awaited == null) "" else ", waiting on ${awaited.describeBriefly()}"
            return "Task($name, ${describeState()}$waiting)"
        }

        override fun describeBriefly(): String = "Task($name)"

        override fun requestCancel(
            message: String?,
            cause: Throwable?,
        ): Boolean {
            if (done()) return super.requestCancel(message, cause)
            cancelRequests++
            step.requestCancel(message, cause)
            return true
        }

        /** The body let a cancellation end it. */
        internal fun endCancelled(
            cancellation: CancellationException,
            laterMessage: String?,
        ) {
            val failure = requestedFailure
            if (failure != null) fail(failure) else finishCancelled(cancellation, laterMessage)
        }

        private fun refusal(call: String) =
            UnsupportedOperationException(
                "$call(): the outcome of $this is what its body returns or throws. Use a Future, " +
                    "loop.createFuture(), for a result that other code provides.",
            )

        private companion object {
            private val lastNumber = AtomicLong()
        }
    }
