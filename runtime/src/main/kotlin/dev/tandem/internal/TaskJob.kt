package dev.tandem.internal

import dev.tandem.CancelledException
import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlin.coroutines.jvm.internal.CoroutineStackFrame

/**
 * What kotlinx code takes for the Job of a task: a real Job, replaced by a fresh one at each cancellation.
 *
 * A kotlinx Job that is cancelled stays so, and everything under it fails from then on; a task may catch its
 * cancellation and go on. So the Job of the moment, the *generation*, is cancelled to reach the kotlinx function in
 * which the task stands, and whatever the task does next sees a new one.
 *
 * Owner: the loop thread.
 */
internal class TaskJob(
    private val loop: SingleThreadLoop,
) {
    private var generation: CompletableJob = SupervisorJob()

    /** The generation that was cancelled while the main frame was suspended, until the main frame goes on. */
    private var cancelledGeneration: Job? = null

    /**
     * The Job to show. Inside a step only the main frame asks (other frames hold on to the Job they started with), so
     * it has gone on. Outside, kotlinx asks whether a continuation in the queue was cancelled meanwhile, and must see
     * the cancelled generation.
     */
    fun visible(insideStep: Boolean): Job {
        if (!insideStep) return cancelledGeneration ?: generation
        onProgress()
        return generation
    }

    /** A scope on other threads has ended because of the cancellation; the main frame will go on with its answer. */
    @Volatile
    var answeredElsewhere: Boolean = false
        private set

    /** The main frame goes on, with or without the cancellation. */
    fun onProgress() {
        cancelledGeneration = null
        answeredElsewhere = false
    }

    /**
     * Cancels what the main frame stands in with [cancellation], once per suspension; [onDelivered] is called if a
     * kotlinx scope hands the cancellation to the main frame directly, past the interceptor.
     */
    @OptIn(InternalCoroutinesApi::class)
    fun cancelGeneration(
        cancellation: CancelledException,
        onDelivered: () -> Unit,
    ) {
        if (cancelledGeneration != null) return
        val old = generation
        generation = SupervisorJob()
        cancelledGeneration = old
        // At most one child is the scope that the main frame stands in: a launched sibling is no stack frame.
        val scope = old.children.firstOrNull { it is CoroutineStackFrame }
        // A scope that was failing by itself knows nothing of the cancellation; another one answers it, if need be with
        // an exception of its own.
        val reached = scope?.isCancelled == false
        scope?.invokeOnCompletion { cause ->
            if (cause === cancellation || (reached && cause != null)) {
                if (loop.hasTurn()) onDelivered() else answeredElsewhere = true
            }
        }
        old.cancel(cancellation)
    }

    /** The task has ended: what it launched under its Job and left behind is cancelled. */
    fun close() {
        generation.cancel()
    }
}
