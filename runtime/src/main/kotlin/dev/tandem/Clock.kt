package dev.tandem

import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/**
 * Where a loop takes its time from: [SystemClock], or a [VirtualClock] in tests.
 *
 * **Threading.** Loop thread only; [SystemClock] any thread.
 */
public sealed class Clock {
    internal abstract fun nanoTime(): Long

    /** Returns the time since an arbitrary start. It never goes back. */
    public fun time(): Duration = nanoTime().nanoseconds
}

/** The machine's monotonic clock, in nanoseconds since the JVM started using it. */
public object SystemClock : Clock() {
    private val start = System.nanoTime()

    override fun nanoTime(): Long = System.nanoTime() - start
}

/**
 * A clock for tests: it starts at zero, stands still while anything can run, and jumps to the next timer when nothing
 * can. An hour's sleep takes no time, and every run gives the same times.
 *
 * It also stands still while a thread works for the loop ([toThread], [EventLoop.runInExecutor]). Where no timer is
 * left, the loop really waits for its channels, for futures of other libraries and for kotlinx code, if there are any;
 * where nothing can ever happen again, the run ends with an [IllegalStateException] that lists the tasks that are left,
 * instead of hanging.
 *
 * ```
 * runLoop(clock = VirtualClock()) { sleep(1.hours) }
 * ```
 */
public class VirtualClock : Clock() {
    private var nowNanos = 0L

    override fun nanoTime(): Long = nowNanos

    internal fun advanceTo(nanos: Long) {
        nowNanos = maxOf(nowNanos, nanos)
    }
}
