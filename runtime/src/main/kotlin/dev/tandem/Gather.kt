package dev.tandem

import dev.tandem.internal.SingleThreadLoop

/**
 * Runs [awaitables] at once and returns a future for the list of their results, in the order given. Coroutines are
 * made tasks; one that is given twice runs once.
 *
 * With [returnExceptions] false, the first exception is the outcome, and the others **keep running** ([TaskGroup] stops
 * them); a child that was cancelled counts as one that failed with a [CancelledException]. With true, exceptions and
 * cancellations are entries of the list. No awaitables: a future that is done, with an empty list.
 *
 * It works on the loop of the futures among [awaitables], or else on the running one.
 *
 * **Cancellation.** Cancelling the returned future cancels every child that is not done; it then fails with
 * the cancellation of the first child to end, or with [returnExceptions] once all have ended. **Python.** `asyncio.gather`.
 *
 * ```
 * val (user, orders) = gather(createTask { user(id) }, createTask { orders(id) }).await()
 * ```
 */
public fun <T> gather(
    awaitables: Collection<Awaitable<T>>,
    returnExceptions: Boolean = false,
): Future<List<T>> {
    val loop = awaitables.firstNotNullOfOrNull { (it as? Future<T>)?.owner } ?: SingleThreadLoop.running()
    return gatherOn(loop, awaitables, returnExceptions)
}

/** As the overload with a collection. With [returnExceptions], declare the element type as `Any?`. */
public fun <T> gather(
    vararg awaitables: Awaitable<T>,
    returnExceptions: Boolean = false,
): Future<List<T>> = gather(awaitables.asList(), returnExceptions)

internal fun <T> gatherOn(
    loop: SingleThreadLoop,
    awaitables: Collection<Awaitable<T>>,
    returnExceptions: Boolean,
): Future<List<T>> {
    val futureOf = LinkedHashMap<Awaitable<T>, Future<T>>()
    val children = awaitables.map { futureOf.getOrPut(it) { ensureFuture(it, loop) } }
    if (children.isEmpty()) return loop.createFuture<List<T>>().also { it.setResult(emptyList()) }
    return GatheringFuture(loop, children, futureOf.values.toList(), returnExceptions)
}

/** The outcome of [gather]: counts its children out. Loop thread only. */
private class GatheringFuture<T>(
    loop: SingleThreadLoop,
    private val children: List<Future<T>>,
    private val distinctChildren: List<Future<T>>,
    private val returnExceptions: Boolean,
) : Future<List<T>>(loop) {
    private var doneCount = 0
    private var cancelRequested = false

    init {
        // Children that are done count at once; only then do the others report, each in a turn of its own.
        val running = distinctChildren.filter { child -> !child.done() }
        distinctChildren.filter { it.done() }.forEach(::onChildDone)
        running.forEach { child -> child.whenDone { onChildDone(child) } }
    }

    override fun requestCancel(
        message: String?,
        cause: Throwable?,
    ): Boolean {
        if (done()) return false
        var reached = false
        for (child in children) reached = child.requestCancel(message, cause) || reached
        if (reached) cancelRequested = true
        return reached
    }

    private fun onChildDone(child: Future<T>) {
        doneCount++
        // Asked for also when it comes too late to matter, so that it does not count as never retrieved.
        val error = child.failureOrNull()
        if (done()) return
        if (!returnExceptions) {
            val failure = if (child.cancelled()) child.takeCancellation() else error
            if (failure != null) {
                fail(failure)
                return
            }
        }
        if (doneCount == distinctChildren.size) finishWithAll()
    }

    private fun entryOf(child: Future<T>): Any? =
        if (child.cancelled()) CancelledException(child.cancelMessage) else child.failureOrNull() ?: child.result()

    private fun finishWithAll() {
        // As in asyncio, a cancelled gather fails with the cancellation of the child that was given last.
        if (cancelRequested) fail(children.last().takeCancellation()) else finish(children.map(::entryOf))
    }
}
