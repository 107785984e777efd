package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.TimerHandle
import java.io.IOException
import java.nio.channels.SocketChannel
import kotlin.time.Duration.Companion.seconds

/**
 * Accepts the connections of one listening socket: all that are pending, each time there are any. Loop thread only.
 *
 * It takes them from the channel itself: Ktor's `accept` would make a socket object and a Job for each, of which only
 * the channel is used.
 */
internal class Acceptor(
    private val loop: EventLoop,
    private val listener: Listener,
    private val most: Int,
    private val onAccepted: (SocketChannel, Listener) -> Unit,
) {
    val channel get() = listener.channel
    private var retry: TimerHandle? = null

    /** Whether a shortage was reported that is not over. */
    private var isShort = false

    /** Starts to accept, or goes on. */
    fun resume() {
        retry = null
        if (channel.isOpen) loop.addReader(channel, ::acceptPending)
    }

    fun close() {
        retry?.cancel()
        listener.close()
        loop.channelClosed(channel)
    }

    private fun acceptPending() {
        repeat(most) {
            if (!channel.isOpen) return
            val accepted =
                try {
                    channel.accept()
                } catch (e: IOException) {
                    return pause(e)
                }
            if (accepted == null) {
                // Nobody waits any more: whatever was short is there again.
                isShort = false
                return
            }
            onAccepted(accepted, listener)
        }
    }

    /**
     * Most likely this process has no descriptor left: without a pause the loop would do nothing but try again. Clients
     * wait in the system's queue meanwhile. A shortage is reported once, however long it lasts.
     */
    private fun pause(reason: IOException) {
        if (!channel.isOpen) return
        loop.removeReader(channel)
        retry = loop.callLater(PAUSE) { resume() }
        if (isShort) return
        isShort = true
        val message =
            "Cannot accept connections on ${listener.address}: ${reason.message}. Trying again every $PAUSE. Who " +
                "connects waits until then; the system's limit on open files may be too low (ulimit -n)"
        loop.callExceptionHandler(ExceptionContext(message, reason))
    }

    private companion object {
        val PAUSE = 1.seconds
    }
}
