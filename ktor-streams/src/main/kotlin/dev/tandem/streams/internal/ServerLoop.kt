package dev.tandem.streams.internal

import dev.tandem.Context
import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.Task
import dev.tandem.streams.StreamWriter
import java.io.IOException
import java.net.StandardSocketOptions
import java.net.UnixDomainSocketAddress
import java.nio.channels.SocketChannel
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger

/** A connection that was accepted; [transport] is the socket, then TLS over it once the peers have shaken hands. */
internal class ServerConnection(
    val wire: SocketTransport,
) {
    var transport: StreamTransport = wire

    /** What the handler writes to; it may have begun TLS by itself. */
    var writer: StreamWriter? = null

    fun close() {
        (writer?.transport ?: transport).close()
    }

    fun abort() {
        (writer?.transport ?: transport).abort()
    }
}

/**
 * The connections of a server that live on one loop, and the tasks of their handlers.
 *
 * Owner: the thread of [loop]. The server's own thread calls [hand], [post] and reads [count].
 */
internal class ServerLoop(
    val loop: EventLoop,
    private val keepAlive: Boolean,
    private val serve: suspend (ServerConnection) -> Unit,
    private val onGone: () -> Unit,
) {
    private val streams = LoopStreams.of(loop)
    private val connections = LinkedHashSet<ServerConnection>()
    private var handlers = 0
    private val accepted = AtomicInteger()

    /** Handed over and not yet arrived; what is left when the loop is closed is closed with it. Any thread. */
    private val underWay: MutableSet<SocketChannel> = ConcurrentHashMap.newKeySet(0)

    /** Called when nothing is left here: no connection, none under way, no handler. */
    var onIdle: (() -> Unit)? = null

    /** How many connections there are, with those under way. Any thread. */
    val count: Int get() = accepted.get()

    val isIdle: Boolean get() = handlers == 0 && count == 0

    /** Serves [channel] from now on, on this very thread. */
    fun take(
        channel: SocketChannel,
        listener: Listener,
    ) {
        accepted.incrementAndGet()
        start(channel, listener)
    }

    /** Serves [channel] from the loop's next pass on; returns false if the loop is closed. The server's thread. */
    fun hand(
        channel: SocketChannel,
        listener: Listener,
        context: Context,
    ): Boolean {
        accepted.incrementAndGet()
        underWay.add(channel)
        if (post(context) { if (underWay.remove(channel)) start(channel, listener) }) return true
        underWay.remove(channel)
        accepted.decrementAndGet()
        return false
    }

    /** Runs [action] in the loop's next pass, after what was handed over before; false if it is closed. Any thread. */
    fun post(
        context: Context?,
        action: () -> Unit,
    ): Boolean =
        try {
            loop.callSoonThreadsafe(context) { action() }
            true
        } catch (_: IllegalStateException) {
            false
        }

    fun closeClients() {
        connections.toList().forEach { it.close() }
    }

    fun abortClients() {
        connections.toList().forEach { it.abort() }
    }

    /** The loop is closed: what was still under way to it arrives nowhere. */
    fun closeUnderWay() {
        underWay.forEach { channel ->
            if (!underWay.remove(channel)) return@forEach
            channel.close()
            over()
        }
    }

    private fun start(
        channel: SocketChannel,
        listener: Listener,
    ) {
        val connection = ServerConnection(prepare(channel, listener) ?: return over())
        val wire = connection.wire
        connections.add(connection)
        wire.onClosed {
            connections.remove(connection)
            over()
        }
        val task =
            try {
                loop.createTask("connection from ${wire.peer}") { serve(connection) }
            } catch (e: Throwable) {
                wire.abort()
                throw e
            }
        handlers++
        task.addDoneCallback { end(task, connection) }
    }

    private fun prepare(
        channel: SocketChannel,
        listener: Listener,
    ): SocketTransport? =
        try {
            channel.configureBlocking(false)
            if (listener.address !is UnixDomainSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
                if (keepAlive) channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true)
            }
            SocketTransport(
                streams,
                channel,
                listener.clientName(channel.remoteAddress),
                listener.localAddress(channel),
            )
        } catch (_: IOException) {
            // The peer is gone before it was served.
            channel.close()
            null
        }

    private fun end(
        task: Task<Unit>,
        connection: ServerConnection,
    ) {
        val failure = if (task.cancelled()) null else task.exception()
        connection.close()
        handlers--
        if (isIdle) onIdle?.invoke()
        if (failure == null) return
        val message = "The handler of the connection from ${connection.transport.peer} failed"
        loop.callExceptionHandler(ExceptionContext(message, failure, task))
    }

    private fun over() {
        accepted.decrementAndGet()
        onGone()
        if (isIdle) onIdle?.invoke()
    }
}
