package dev.tandem.internal

import dev.tandem.Context
import dev.tandem.Handle
import dev.tandem.TimerHandle
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds

/** A call in the ready queue or in the inbox. Loop thread only, but for [cancel], which any thread may call. */
internal open class ScheduledCall(
    protected val loop: SingleThreadLoop,
    final override val context: Context,
    callback: Runnable,
) : Handle,
    Runnable {
    @Volatile
    private var callback: Runnable? = callback

    override fun run() {
        val callback = callback ?: return
        loop.currentContext = context
        callback.run()
    }

    override fun cancel() {
        callback = null
    }

    final override fun cancelled(): Boolean = callback == null

    protected open fun describe(): String = "Handle"

    final override fun toString(): String = "${describe()}(${callback ?: "cancelled"})"
}

/** A call that waits for its time in the [TimerHeap]; then it is an entry of the ready queue like any other. */
internal class ScheduledTimer(
    loop: SingleThreadLoop,
    context: Context,
    callback: Runnable,
    val whenNanos: Long,
) : ScheduledCall(loop, context, callback),
    TimerHandle,
    Comparable<ScheduledTimer> {
    var sequence: Long = 0
    var inHeap: Boolean = true

    override fun cancel() {
        if (cancelled()) return
        super.cancel()
        if (inHeap) loop.timers.onCancelled()
    }

    override fun `when`(): Duration = whenNanos.nanoseconds

    override fun compareTo(other: ScheduledTimer): Int {
        val byTime = whenNanos.compareTo(other.whenNanos)
        return if (byTime != 0) byTime else sequence.compareTo(other.sequence)
    }

    override fun describe(): String = "TimerHandle at ${`when`()}"
}
