package dev.tandem

import kotlin.time.Duration

/** Runs [body] as the main task of a loop in virtual time; tasks that can never go on make it fail, not hang. */
internal fun inVirtualTime(body: suspend () -> Unit): Unit = runLoop(clock = VirtualClock(), body = body)

/** Calls [block] with a loop in virtual time that does not run yet, and closes it afterwards. */
internal fun withLoop(block: (EventLoop) -> Unit) {
    val loop = newEventLoop(VirtualClock())
    try {
        block(loop)
    } finally {
        loop.close()
    }
}

/** Lets a loop that stands still make exactly one pass. */
internal fun EventLoop.runOnePass() {
    stop()
    runForever()
}

/** Gives everything else that is ready [count] turns. */
internal suspend fun passes(count: Int) {
    repeat(count) { sleep(Duration.ZERO) }
}

/** What came of [block], as an entry for a list of events: `done 42`, or `ValueException: why`. */
internal inline fun outcomeOf(block: () -> Any?): String =
    try {
        val result = block()
        if (result == Unit) "done" else "done $result"
    } catch (e: Throwable) {
        listOfNotNull(e::class.simpleName, e.message).joinToString(": ")
    }

/** A failure of the program under test, as opposed to one of the runtime. */
internal class Broken(
    message: String? = null,
) : RuntimeException(message)
