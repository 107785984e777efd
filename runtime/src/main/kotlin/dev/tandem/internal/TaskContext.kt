@file:OptIn(InternalCoroutinesApi::class)

package dev.tandem.internal

import kotlinx.coroutines.Delay
import kotlinx.coroutines.InternalCoroutinesApi
import kotlinx.coroutines.Job
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.Continuation
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.CoroutineContext

/**
 * The coroutine context of a task's main frame: the interceptor, and the task's Job of the moment.
 *
 * Adding to it or taking from it gives an ordinary context with the Job of that moment: that is what the inside of a
 * kotlinx scope has. So a context of this very class tells the main frame from all others.
 */
@Suppress("UNCHECKED_CAST")
internal class TaskContext(
    val step: TaskStep<*>,
    loop: SingleThreadLoop,
) : CoroutineContext {
    private val interceptor: CoroutineContext.Element = TaskInterceptor(step, loop)

    override fun <E : CoroutineContext.Element> get(key: CoroutineContext.Key<E>): E? =
        if (key === Job) step.currentJob() as E else interceptor[key]

    override fun <R> fold(
        initial: R,
        operation: (R, CoroutineContext.Element) -> R,
    ): R = operation(operation(initial, step.currentJob()), interceptor)

    override fun plus(context: CoroutineContext): CoroutineContext =
        if (context === kotlin.coroutines.EmptyCoroutineContext) this else (interceptor + step.currentJob()) + context

    override fun minusKey(key: CoroutineContext.Key<*>): CoroutineContext =
        if (key === Job) interceptor else interceptor.minusKey(key) + step.currentJob()

    override fun toString(): String = "TaskContext(${step.task.name})"
}

/**
 * Makes what kotlinx code resumes a step of the task: current task, context and pending cancellation are in place.
 * The queueing is left to the loop's own dispatcher, so prompt cancellation and kotlinx's `yield` work.
 */
internal class TaskInterceptor(
    val step: TaskStep<*>,
    private val loop: SingleThreadLoop,
) : AbstractCoroutineContextElement(ContinuationInterceptor),
    ContinuationInterceptor,
    Delay by loop {
    override fun <T> interceptContinuation(continuation: Continuation<T>): Continuation<T> =
        loop.interceptContinuation(StepContinuation(step, continuation))

    override fun releaseInterceptedContinuation(continuation: Continuation<*>) {
        loop.releaseInterceptedContinuation(continuation)
    }
}

private class StepContinuation<T>(
    private val step: TaskStep<*>,
    private val continuation: Continuation<T>,
) : Continuation<T> {
    override val context: CoroutineContext get() = continuation.context

    override fun resumeWith(result: Result<T>) {
        step.resumeFromKotlinx(continuation, result, isMainFrame = continuation.context === step.context)
    }
}
