package dev.tandem.conformance

import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.Task
import dev.tandem.currentTask
import kotlin.time.DurationUnit

/**
 * Records what happens on [loop] while a scenario runs there.
 *
 * After [MAX_EVENTS] the scenario counts as running away: the loop is stopped, and nothing more is recorded.
 */
internal class Trace(
    private val loop: EventLoop,
) {
    private val recorded = ArrayList<Event>()

    val events: List<Event> get() = recorded

    var ranAway: Boolean = false
        private set

    /** Records `[time, who, what...]`; [CALLBACK] is who acts outside any task. */
    fun record(
        who: String,
        vararg what: Any?,
    ) {
        if (recorded.size == MAX_EVENTS) {
            ranAway = true
            loop.stop()
        } else {
            recorded.add(listOf(loop.time().toDouble(DurationUnit.SECONDS), who, *what))
        }
    }

    /** Records something that the running task does. */
    fun log(vararg what: Any?) = record(labelOf(checkNotNull(currentTask())), *what)

    /** Records how [call] ends: `[what..., outcome]`; an exception then goes on. */
    inline fun logOutcome(
        vararg what: Any?,
        call: () -> Any?,
    ) {
        val value =
            try {
                call()
            } catch (e: Throwable) {
                log(*what, encode(e))
                throw e
            }
        log(*what, result(value))
    }

    companion object {
        /** Who acts outside any task: a callback of the loop. */
        const val CALLBACK = "-"

        private const val MAX_EVENTS = 2_000
    }
}

/** A task's name in a trace; automatic ones are all the same, since their numbers differ from run to run. */
internal fun labelOf(task: Task<*>): String = if (task.name.startsWith("Task-")) "~" else task.name

internal fun result(value: Any?): Map<String, Any?> = mapOf("result" to encode(value))

/** A value as a trace shows it. */
internal fun encode(value: Any?): Any? =
    when (value) {
        is Throwable -> encode(value)
        is List<*> -> value.map(::encode)
        is Unit -> null
        else -> value
    }

/** The state of a future as a trace shows it. */
internal fun stateOf(future: Future<*>): Any {
    if (!future.done()) return "pending"
    if (future.cancelled()) return "cancelled"
    return future.exception()?.let(::encode) ?: result(future.result())
}
