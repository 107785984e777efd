package dev.tandem

import kotlin.time.Duration

/**
 * A call that the loop will make, returned by [EventLoop.callSoon] and its kind.
 *
 * **Python.** `asyncio.Handle`.
 */
public interface Handle {
    /** The context that the call will run in. */
    public val context: Context

    /** Takes the call back. Does nothing when it was made already or taken back before. Loop thread only. */
    public fun cancel()

    /** Returns whether [cancel] was called. */
    public fun cancelled(): Boolean
}

/**
 * A call that the loop will make at a given time, returned by [EventLoop.callLater] and [EventLoop.callAt].
 *
 * **Python.** `asyncio.TimerHandle`.
 */
public interface TimerHandle : Handle {
    /** Returns the loop time ([EventLoop.time]) at which the call is due. */
    public fun `when`(): Duration
}
