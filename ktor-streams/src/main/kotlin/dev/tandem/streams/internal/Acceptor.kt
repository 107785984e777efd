package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.TimerHandle
import io.ktor.network.selector.Selectable
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.aSocket
import java.io.IOException
import java.net.BindException
import java.net.InetAddress
import java.net.NetworkInterface
import java.net.StandardSocketOptions
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import kotlin.time.Duration.Companion.seconds

/**
 * Accepts the connections of one listening socket: all that are pending, each time there are any. Loop thread only.
 *
 * It takes them from the channel itself: Ktor's `accept` would make a socket object and a Job for each, of which only
 * the channel is used.
 */
internal class Acceptor(
    private val streams: LoopStreams,
    val channel: ServerSocketChannel,
    private val most: Int,
    private val onConnection: (SocketTransport) -> Unit,
) {
    private val loop = streams.loop
    private var retry: TimerHandle? = null

    /** Starts to accept, or goes on. */
    fun resume() {
        retry = null
        loop.addReader(channel, ::acceptPending)
    }

    fun close() {
        retry?.cancel()
        channel.close()
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
            onConnection(prepare(accepted ?: return) ?: return@repeat)
        }
    }

    /** Most likely this process has no descriptor left: without a pause the loop would do nothing but try again. */
    private fun pause(reason: IOException) {
        loop.removeReader(channel)
        retry = loop.callLater(PAUSE) { resume() }
        val message = "Cannot accept a connection on ${channel.localAddress}, trying again in $PAUSE"
        loop.callExceptionHandler(ExceptionContext(message, reason))
    }

    private fun prepare(accepted: SocketChannel): SocketTransport? =
        try {
            accepted.configureBlocking(false)
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true)
            SocketTransport(streams, accepted, peerName(accepted.remoteAddress))
        } catch (_: IOException) {
            // The peer is gone before it was served.
            accepted.close()
            null
        }

    private companion object {
        val PAUSE = 1.seconds
    }
}

/** Listens on [port] of every address of [host], or of the machine if that is null. */
internal suspend fun listenOn(
    host: String?,
    port: Int,
    backlog: Int,
    loop: EventLoop,
): List<ServerSocketChannel> {
    val addresses = if (host.isNullOrEmpty()) listOf(null) else resolve(loop, host, peerName(host, port))
    val channels = ArrayList<ServerSocketChannel>()
    var notOurs: BindException? = null
    try {
        for (address in addresses) {
            try {
                channels += bind(address, port, backlog, loop)
            } catch (e: BindException) {
                // A name may stand for an IPv6 address although this machine has IPv6 switched off.
                if (address == null || NetworkInterface.getByInetAddress(address) != null) throw e
                notOurs = e
            }
        }
        if (channels.isEmpty()) throw notOurs!!
    } catch (e: IOException) {
        channels.forEach { it.close() }
        throw e
    }
    return channels
}

private suspend fun bind(
    address: InetAddress?,
    port: Int,
    backlog: Int,
    loop: EventLoop,
): ServerSocketChannel {
    val host = address?.hostAddress ?: EVERY_ADDRESS
    try {
        val socket =
            aSocket(LoopSelectorManager(loop)).tcp().bind(InetSocketAddress(host, port)) {
                reuseAddress = true
                backlogSize = backlog
            }
        return (socket as Selectable).channel as ServerSocketChannel
    } catch (e: IOException) {
        throw BindException("Cannot listen on ${peerName(host, port)}: ${e.message}").apply { initCause(e) }
    }
}

/** The JDK takes this for the addresses of IPv6 as well, where there is IPv6. */
private const val EVERY_ADDRESS = "0.0.0.0"
