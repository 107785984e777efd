package dev.tandem

/**
 * What can be awaited: a [Coroutine], a [Future] or a [Task].
 *
 * **Python.** `collections.abc.Awaitable`. A `CompletionStage` of somebody else is awaited through [wrapFuture].
 */
public sealed interface Awaitable<out T> {
    /**
     * Waits for the outcome and returns the result or throws the exception.
     *
     * Awaiting a [Coroutine] runs its body here, in the awaiting task. Awaiting a future that is done returns at once,
     * without giving another task a turn.
     *
     * **Cancellation.** Cancelling the waiting task cancels what it awaits; [shield] prevents that.
     *
     * @throws CancelledException if the awaited work, or the waiting task, was cancelled.
     */
    public suspend fun await(): T
}
