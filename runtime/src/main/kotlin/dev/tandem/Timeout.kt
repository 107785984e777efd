package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import kotlin.time.Duration

/**
 * Runs [body] for at most [delay] of the loop's time and returns its result; null means no limit.
 *
 * When time runs out, the current task is cancelled once, at the `await` where it stands in [body]; that cancellation,
 * when it leaves [body], becomes a [TimeoutException]. Code in [body] that catches it prevents the exception, and
 * [Timeout.expired] tells. With zero or less, time runs out in the next pass.
 *
 * **Cancellation.** A cancellation from elsewhere passes through as it is. **Threading.** In a task.
 * **Python.** `asyncio.timeout`.
 *
 * ```
 * val page = timeout(5.seconds) { limit ->
 *     val head = readHead()
 *     if (head.isLarge) limit.reschedule(runningLoop().time() + 60.seconds)
 *     readBody()
 * }
 * ```
 *
 * @throws TimeoutException if time ran out and [body] let the cancellation pass.
 * @throws IllegalStateException outside a task.
 * @see waitFor to limit one awaitable.
 */
public suspend fun <T> timeout(
    delay: Duration?,
    body: suspend (Timeout) -> T,
): T = timeoutAt(delay?.let { runningLoop().time() + it }, body)

/**
 * Runs [body] until [EventLoop.time] reaches [when] at most; otherwise as [timeout].
 *
 * **Python.** `asyncio.timeout_at`.
 */
public suspend fun <T> timeoutAt(
    `when`: Duration?,
    body: suspend (Timeout) -> T,
): T {
    val limit = Timeout(`when`)
    return limit.run { body(limit) }
}

/**
 * The time limit of a block, handed to the body of [timeout].
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.Timeout`.
 */
public class Timeout internal constructor(
    private var deadline: Duration?,
) {
    private enum class State { CREATED, ACTIVE, EXPIRING, EXPIRED, FINISHED }

    private var state = State.CREATED
    private val loop = SingleThreadLoop.running()
    private lateinit var task: Task<*>
    private var cancellingAtEntry = 0
    private var timer: Handle? = null

    /** Returns the loop time at which time runs out, or null if there is no limit. */
    public fun `when`(): Duration? = deadline

    /** Returns whether time has run out, also if the body caught the cancellation. */
    public fun expired(): Boolean = state == State.EXPIRING || state == State.EXPIRED

    /**
     * Moves the limit to loop time [when]; null removes it, a time that has passed lets it run out in the next pass.
     *
     * @throws IllegalStateException if time has run out already, or the block has ended.
     */
    public fun reschedule(`when`: Duration?) {
        check(state != State.CREATED) { "reschedule() came too early: call it in the block that this limits." }
        check(state == State.ACTIVE) {
            "reschedule() came too late: the time limit has ${if (state == State.FINISHED) "ended" else "run out"}."
        }
        deadline = `when`
        timer?.cancel()
        timer = `when`?.let(::setTimer)
    }

    /** Runs [body] under this limit, once. */
    internal suspend fun <T> run(body: suspend () -> T): T {
        enter()
        val result =
            try {
                body()
            } catch (e: Throwable) {
                throw exitWith(e)
            }
        exit()
        return result
    }

    private fun enter() {
        task = requireCurrentTask("timeout()")
        check(state == State.CREATED) { "$this was used before. It limits one block: make a new one for each." }
        state = State.ACTIVE
        cancellingAtEntry = task.cancelling()
        reschedule(deadline)
    }

    /** The body has ended. Returns whether its cancellation, if it ended with one, was this limit's. */
    private fun exit(): Boolean {
        timer?.cancel()
        timer = null
        val expiring = state == State.EXPIRING
        state = if (expiring) State.EXPIRED else State.FINISHED
        return expiring && task.uncancel() <= cancellingAtEntry
    }

    /** The body has thrown [failure]. Returns what to throw in its place. */
    private fun exitWith(failure: Throwable): Throwable {
        if (!exit()) return failure
        if (failure.isCancellation()) return TimeoutException(MESSAGE, failure)
        failure.addSuppressed(TimeoutException(MESSAGE))
        return failure
    }

    private fun setTimer(at: Duration): Handle =
        if (at <= loop.time()) {
            loop.callSoon(::onTimeout)
        } else {
            loop.callAt(at, null, ::onTimeout)
        }

    private fun onTimeout() {
        task.cancel()
        state = State.EXPIRING
        timer = null
    }

    override fun toString(): String = "Timeout(${state.name.lowercase()}, when=$deadline)"

    private companion object {
        const val MESSAGE = "The time limit of a timeout() or waitFor() ran out."
    }
}
