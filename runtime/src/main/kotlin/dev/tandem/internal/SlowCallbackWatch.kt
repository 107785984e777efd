package dev.tandem.internal

import java.util.concurrent.locks.LockSupport
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Debug mode: notices an entry of the ready queue that keeps the loop busy for too long, and shows where it was.
 *
 * The loop says when an entry starts and ends; a thread of the watch looks in now and then and takes the stack of the
 * loop's thread when an entry has taken too long. The loop itself reports it, when the entry has ended. One that may
 * never end, having taken [STALLED_AFTER] times the limit, is reported by the watch.
 */
internal class SlowCallbackWatch(
    private val limit: () -> Duration,
    private val loopThread: () -> Thread?,
) {
    /** When the entry that runs now started; 0 between entries. Written by the loop. */
    @Volatile
    private var startedNanos = 0L

    /** Where the loop was when the entry had taken too long; written by the watch, at most once for each entry. */
    @Volatile
    private var stack: Array<StackTraceElement>? = null

    /** What runs now. Written by the loop. */
    @Volatile
    private var entry: Runnable? = null

    private var watcher: Thread? = null

    /** Loop thread. Runs [body], which is [entry], and reports it if it was slow. */
    inline fun measure(
        entry: Runnable,
        body: () -> Unit,
    ) {
        val started = begin(entry)
        try {
            body()
        } finally {
            end(entry, started)
        }
    }

    /** Loop thread. */
    fun close() {
        watcher?.interrupt()
        watcher = null
    }

    private fun begin(entry: Runnable): Long {
        if (watcher == null) watcher = startWatching()
        this.entry = entry
        return System.nanoTime().also { startedNanos = it }
    }

    private fun end(
        entry: Runnable,
        started: Long,
    ) {
        val took = (System.nanoTime() - started).nanoseconds
        startedNanos = 0
        val seen = stack
        stack = null
        if (took < limit()) return
        LoopLog.warn(
            "The loop was busy for $took with $entry. No other task could run meanwhile; $REMEDY\n${describe(seen)}",
        )
    }

    private fun describe(stack: Array<StackTraceElement>?): String =
        stack?.joinToString("\n") { "    at $it" } ?: "    (it ended before its stack could be taken)"

    private fun startWatching() =
        Thread(::watch, "tandem-slow-callback-watch").apply {
            isDaemon = true
            start()
        }

    private fun watch() {
        var lastStalled = 0L
        while (!Thread.interrupted()) {
            val limitNanos = limit().inWholeNanoseconds
            val started = startedNanos
            val took = System.nanoTime() - started
            if (started != 0L && took > limitNanos) {
                val taken = loopThread()?.stackTrace
                if (stack == null && startedNanos == started) stack = taken
                if (took / STALLED_AFTER > limitNanos && lastStalled != started) {
                    lastStalled = started
                    LoopLog.warn(
                        "The loop is stuck: it has been busy for ${took.nanoseconds} with $entry. No other task can " +
                            "run; $REMEDY\n${describe(taken)}",
                    )
                }
            }
            LockSupport.parkNanos(limitNanos / 4)
        }
    }

    private companion object {
        const val STALLED_AFTER = 50
        const val REMEDY = "move what blocks to a thread with toThread { ... }."
    }
}
