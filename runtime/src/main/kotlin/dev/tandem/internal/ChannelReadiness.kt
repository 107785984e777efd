package dev.tandem.internal

import dev.tandem.Future
import dev.tandem.copyContext
import java.nio.channels.CancelledKeyException
import java.nio.channels.ClosedChannelException
import java.nio.channels.SelectableChannel
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.util.concurrent.TimeUnit
import java.util.function.Consumer
import kotlin.coroutines.coroutineContext

/** The loop's selector, and who waits for which channel. Loop thread only, but for [wakeUp]. */
internal class ChannelReadiness(
    private val loop: SingleThreadLoop,
) {
    private val selector = Selector.open()
    private val onSelected = Consumer<SelectionKey> { (it.attachment() as ChannelInterest).onReady(it) }

    /** Whether a channel is registered, also one that was closed since the last pass. */
    val isWatching: Boolean get() = selector.keys().isNotEmpty()

    /** Whether somebody waits for a channel. */
    val isAwaited: Boolean get() = selector.keys().any { (it.attachment() as ChannelInterest).isAwaited }

    /** Waits at most [timeoutNanos], rounded up to milliseconds, and queues what became ready. */
    fun select(timeoutNanos: Long) {
        if (timeoutNanos == TimerHeap.NEVER) {
            selector.select(onSelected)
        } else {
            selector.select(onSelected, TimeUnit.NANOSECONDS.toMillis(timeoutNanos + NANOS_OF_ALMOST_A_MILLI))
        }
    }

    /** Queues what is ready now. */
    fun poll() {
        if (isWatching) selector.selectNow(onSelected)
    }

    /** Ends a [select], the running one or the next. Any thread. */
    fun wakeUp() {
        selector.wakeup()
    }

    fun find(channel: SelectableChannel): ChannelInterest? = channel.keyFor(selector)?.attachment() as ChannelInterest?

    /** Returns the interest in [channel], which [call] registers if need be. */
    fun of(
        channel: SelectableChannel,
        call: String,
    ): ChannelInterest {
        loop.checkTurn(call, "callSoonThreadsafe { ... }")
        if (!channel.isOpen) throw ClosedChannelException()
        find(channel)?.let { return it }
        require(!channel.isBlocking) {
            "$call(): $channel is in blocking mode, and would block the loop. Call configureBlocking(false) first."
        }
        val interest = ChannelInterest(loop)
        interest.key = channel.register(selector, 0, interest)
        return interest
    }

    fun close() {
        selector.close()
    }

    private companion object {
        const val NANOS_OF_ALMOST_A_MILLI = 999_999L
    }
}

/** Who waits for one channel. Loop thread only. */
internal class ChannelInterest(
    loop: SingleThreadLoop,
) {
    lateinit var key: SelectionKey

    val reader = ChannelDirection(loop, this, SelectionKey.OP_READ or SelectionKey.OP_ACCEPT)
    val writer = ChannelDirection(loop, this, SelectionKey.OP_WRITE or SelectionKey.OP_CONNECT)

    val isAwaited: Boolean get() = reader.isAwaited || writer.isAwaited

    fun onReady(key: SelectionKey) {
        try {
            val readyOps = key.readyOps()
            if (readyOps and reader.ops != 0) reader.onReady()
            if (readyOps and writer.ops != 0) writer.onReady()
        } catch (_: CancelledKeyException) {
            // Another thread has closed the channel, as Ktor does: a key ends at once, whatever its loop does with it.
            onClosed()
        }
    }

    fun onClosed() {
        key.cancel()
        reader.onClosed()
        writer.onClosed()
    }
}

/**
 * Reading or writing of one channel: at most one waiting task or one callback. Loop thread only.
 *
 * The selector keeps reporting a direction that nobody waits for any more until one report came in vain: turning it off
 * and on for each message would cost two system calls, and the usual reader comes back at once.
 */
internal class ChannelDirection(
    private val loop: SingleThreadLoop,
    private val interest: ChannelInterest,
    val ops: Int,
) {
    /** The task that waits in its main frame. */
    var waitingStep: TaskStep<*>? = null

    /** What a coroutine waits for that is not a main frame. */
    private var waiter: Future<Unit>? = null
    private var callback: ScheduledCall? = null

    val isAwaited: Boolean get() = waitingStep != null || waiter != null || callback != null

    suspend fun await() {
        check(!isAwaited) {
            "Two waits for the same channel and direction: ${interest.key.channel()}. Let one task do the " +
                "reading, one the writing."
        }
        turnOn()
        val context = coroutineContext
        if (context is TaskContext) context.step.await(this) else awaitOutsideTask()
    }

    fun watch(action: Runnable) {
        turnOn()
        // The old callback may be in the ready queue already.
        callback?.cancel()
        callback = ScheduledCall(loop, copyContext(), action)
    }

    fun unwatch(): Boolean {
        val watching = callback ?: return false
        watching.cancel()
        callback = null
        return true
    }

    fun onReady() {
        val watching = callback
        if (watching != null) {
            loop.enqueue(watching)
        } else if (!release(null)) {
            turnOff()
        }
    }

    fun onClosed() {
        unwatch()
        release(ClosedChannelException())
    }

    /** Lets who waits go on, with [error] if there is one; returns false if nobody waits. */
    private fun release(error: Throwable?): Boolean {
        val step = waitingStep
        val future = waiter
        waitingStep = null
        waiter = null
        step?.resumeLater(error)
        if (error == null) future?.finish(Unit) else future?.fail(error)
        return step != null || future != null
    }

    private suspend fun awaitOutsideTask() {
        val future = Future<Unit>(loop)
        waiter = future
        try {
            future.await()
        } finally {
            if (waiter === future) waiter = null
        }
    }

    private fun turnOn() {
        val key = interest.key
        val wanted = ops and key.channel().validOps()
        try {
            if (key.interestOps() and wanted != wanted) key.interestOpsOr(wanted)
        } catch (_: CancelledKeyException) {
            throw ClosedChannelException()
        }
    }

    private fun turnOff() {
        interest.key.interestOpsAnd(ops.inv())
    }
}
