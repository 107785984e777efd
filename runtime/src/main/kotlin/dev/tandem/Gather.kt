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
 * the cancellation of the first child to end, or with [returnExceptions] once all have ended. To complete it from outside
 * (`orTimeout`, `completeOnTimeout`, [Future.completeExceptionally]) cancels them, too, and is its outcome when all have
 * ended, unless one answers with an exception of its own. **Python.** `asyncio.gather`.
 *
 * ```
 * val (user, orders) = gather(createTask { user(id) }, createTask { orders(id) }).await()
 * ```
 */
public fun <T> gather(
    awaitables: Collection<Awaitable<T>>,
    returnExceptions: Boolean = false,
): Future<List<T>> = gatherOn(loopOf(awaitables), awaitables, returnExceptions)

/** As the overload with a collection. With [returnExceptions], declare the element type as `Any?`. */
public fun <T> gather(
    vararg awaitables: Awaitable<T>,
    returnExceptions: Boolean = false,
): Future<List<T>> = gather(awaitables.asList(), returnExceptions)

/**
 * [gather] with a result made of the results, for callers in other languages: [combine] runs where the list would have
 * been the outcome, in a copy of the context that is current now. What it throws is the outcome.
 */
internal fun <T, R> gather(
    awaitables: Collection<Awaitable<T>>,
    combine: (List<T>) -> R,
): Future<R> {
    val context = copyContext()
    return gatherOn(loopOf(awaitables), awaitables, returnExceptions = false) { context.run { combine(it) } }
}

internal fun <T> gatherOn(
    loop: SingleThreadLoop,
    awaitables: Collection<Awaitable<T>>,
    returnExceptions: Boolean,
): Future<List<T>> = gatherOn(loop, awaitables, returnExceptions) { it }

private fun <T, R> gatherOn(
    loop: SingleThreadLoop,
    awaitables: Collection<Awaitable<T>>,
    returnExceptions: Boolean,
    combine: (List<T>) -> R,
): Future<R> {
    val futureOf = LinkedHashMap<Awaitable<T>, Future<T>>()
    val children = awaitables.map { futureOf.getOrPut(it) { ensureFuture(it, loop) } }
    if (children.isEmpty()) return loop.createFuture<R>().also { it.setResult(combine(emptyList())) }
    return GatheringFuture(loop, children, futureOf.values.toList(), returnExceptions, combine)
}

private fun loopOf(awaitables: Collection<Awaitable<*>>): SingleThreadLoop =
    awaitables.firstNotNullOfOrNull { (it as? Future<*>)?.owner } ?: SingleThreadLoop.running()

/**
 * The outcome of [gather]: counts its children out. Loop thread only, but for what another thread may call.
 *
 * Whoever completes it from outside stops the children, and the outcome comes when the last of them has ended: no work
 * goes on behind it, as none does behind a task. A plain cancellation keeps asyncio's order of events.
 */
private class GatheringFuture<T, R>(
    loop: SingleThreadLoop,
    private val children: List<Future<T>>,
    private val distinctChildren: List<Future<T>>,
    private val returnExceptions: Boolean,
    private val combine: (List<T>) -> R,
) : Future<R>(loop) {
    private var doneCount = 0
    private var cancelRequested = false

    /** What somebody outside wants as the outcome, once the children have stopped. */
    private var requestedOutcome: Result<R>? = null

    /** With a requested outcome: the first exception that a child answered with, which goes before it. */
    private var answer: Throwable? = null

    init {
        // Children that are done count at once; only then do the others report, each in a turn of its own.
        val running = distinctChildren.filter { child -> !child.done() }
        distinctChildren.filter { it.done() }.forEach(::onChildDone)
        running.forEach { child -> child.whenDone { onChildDone(child) } }
    }

    override fun claim(): Boolean = true

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

    override fun requestOutcome(outcome: Result<R>): Boolean {
        val failure = outcome.exceptionOrNull()
        if (requestedOutcome != null || !requestCancel(failure?.message, failure)) return false
        requestedOutcome = outcome
        return true
    }

    private fun onChildDone(child: Future<T>) {
        doneCount++
        // Asked for also when it comes too late to matter, so that it does not count as never retrieved.
        val error = child.failureOrNull()
        if (done()) return
        if (!returnExceptions) {
            if (requestedOutcome != null) {
                answer = answer ?: error?.takeUnless { it.isCancellation() }
            } else {
                val failure = if (child.cancelled()) child.takeCancellation() else error
                if (failure != null) {
                    fail(failure)
                    return
                }
            }
        }
        if (doneCount == distinctChildren.size) finishWithAll()
    }

    private fun finishWithAll() {
        val requested = requestedOutcome
        when {
            requested != null -> if (answer == null) requested.fold(::finish, ::fail) else fail(answer!!)
            // As in asyncio, a cancelled gather fails with the cancellation of the child that was given last.
            cancelRequested -> fail(children.last().takeCancellation())
            else -> finishCombined()
        }
    }

    private fun finishCombined() {
        @Suppress("UNCHECKED_CAST")
        val results = children.map(::entryOf) as List<T>
        try {
            finish(combine(results))
        } catch (e: Throwable) {
            fail(e)
            if (e.isFatal()) throw e
        }
    }

    private fun entryOf(child: Future<T>): Any? =
        if (child.cancelled()) CancelledException(child.cancelMessage) else child.failureOrNull() ?: child.result()
}
