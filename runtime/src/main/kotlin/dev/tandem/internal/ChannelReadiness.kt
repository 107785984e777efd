package dev.tandem.internal

import dev.tandem.Future
import dev.tandem.copyContext
import java.nio.channels.ClosedChannelException
import java.nio.channels.SelectableChannel
import java.nio.channels.SelectionKey
import java.nio.channels.Selector
import java.util.concurrent.TimeUnit
import java.util.function.Consumer

/** The loop's selector, and who waits for which channel. Loop thread only, but for [wakeUp]. */
internal class ChannelReadiness(
    private val loop: SingleThreadLoop,
) {
    private val selector = Selector.open()
    private val onSelected = Consumer<SelectionKey> { (it.attachment() as ChannelInterest).onReady(it) }

    /** Whether a channel is registered, also one that was closed since the last pass. */
    val isWatching: Boolean get() = selector.keys().isNotEmpty()

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

    val reader = Direction(loop, SelectionKey.OP_READ or SelectionKey.OP_ACCEPT)
    val writer = Direction(loop, SelectionKey.OP_WRITE or SelectionKey.OP_CONNECT)

    fun onReady(key: SelectionKey) {
        val readyOps = key.readyOps()
        if (readyOps and reader.ops != 0) reader.onReady()
        if (readyOps and writer.ops != 0) writer.onReady()
    }

    fun onClosed() {
        key.cancel()
        reader.onClosed()
        writer.onClosed()
    }

    /**
     * Reading or writing: at most one waiting task or one callback.
     *
     * The selector keeps reporting a direction that nobody waits for any more until one report came in vain: turning
     * it off and on for each message would cost two system calls, and the usual reader comes back at once.
     */
    inner class Direction(
        private val loop: SingleThreadLoop,
        val ops: Int,
    ) {
        private var waiter: Future<Unit>? = null
        private var callback: ScheduledCall? = null

        suspend fun await() {
            check(waiter == null && callback == null) {
                "Two waits for the same channel and direction: ${key.channel()}. Let one task do the reading, one the " +
                    "writing."
            }
            val future = Future<Unit>(loop)
            waiter = future
            turnOn()
            try {
                future.await()
            } finally {
                if (waiter === future) waiter = null
            }
        }

        fun watch(action: Runnable) {
            callback = ScheduledCall(loop, copyContext(), action)
            turnOn()
        }

        fun unwatch(): Boolean {
            val watching = callback ?: return false
            watching.cancel()
            callback = null
            return true
        }

        fun onReady() {
            val waiting = waiter
            val watching = callback
            when {
                watching != null -> loop.enqueue(watching)
                waiting != null -> {
                    waiter = null
                    waiting.finish(Unit)
                }
                else -> turnOff()
            }
        }

        fun onClosed() {
            callback = null
            waiter?.fail(ClosedChannelException())
            waiter = null
        }

        private fun turnOn() {
            val wanted = ops and key.channel().validOps()
            if (key.interestOps() and wanted != wanted) key.interestOpsOr(wanted)
        }

        private fun turnOff() {
            key.interestOpsAnd(ops.inv())
        }
    }
}
