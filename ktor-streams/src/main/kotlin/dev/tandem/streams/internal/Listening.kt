package dev.tandem.streams.internal

import dev.tandem.EventLoop
import java.io.IOException
import java.net.BindException
import java.net.Inet4Address
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.SocketAddress
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

/** A socket that is listened on, under the [address] that its clients know. Loop thread only. */
internal open class Listener(
    val channel: ServerSocketChannel,
    val address: SocketAddress,
) : AutoCloseable {
    /** How messages name the client at [remote]. */
    open fun clientName(remote: SocketAddress?): String = peerName(remote)

    /** This side's address of a connection that was accepted. */
    open fun localAddress(accepted: SocketChannel): SocketAddress? = accepted.localAddress

    override fun close() {
        channel.close()
    }
}

/** How to listen on TCP. */
internal class TcpListening(
    private val port: Int,
    private val backlog: Int,
    private val reuseAddress: Boolean,
    private val reusePort: Boolean,
) {
    /**
     * Listens on every address of [hosts]; null stands for all addresses of the machine.
     *
     * Where the system chooses the port, it is the same for all addresses: a client that tries the addresses of a name
     * in turn must not meet somebody else.
     */
    suspend fun listen(
        loop: EventLoop,
        hosts: List<String?>,
    ): List<Listener> {
        val addresses = LinkedHashSet<InetAddress?>()
        for (host in hosts) {
            if (host.isNullOrEmpty()) addresses.add(null) else addresses += resolve(loop, host, peerName(host, port))
        }
        val wanted = withoutDoubles(addresses)
        val tries = if (port == 0 && wanted.size > 1) MOST_TRIES else 1
        repeat(tries - 1) {
            try {
                return bindAll(wanted)
            } catch (_: SharedPortTakenException) {
                // Somebody has this port on another of the addresses: the system is asked for another one.
            }
        }
        return bindAll(wanted)
    }

    /** A socket for all addresses of IPv6 takes those of IPv4 as well: the JDK has no other. */
    private fun withoutDoubles(addresses: Set<InetAddress?>): List<InetAddress?> {
        val wildcards = addresses.filter { it == null || it.isAnyLocalAddress }
        if (wildcards.size < 2) return addresses.toList()
        return (addresses - wildcards.toSet()).toList() + listOf(wildcards.find { it is Inet6Address })
    }

    private fun bindAll(addresses: List<InetAddress?>): List<Listener> {
        val listeners = ArrayList<Listener>()
        var notOurs: BindException? = null
        try {
            for (address in addresses) {
                // The port that the system chose for the first address is that of all.
                val first = listeners.firstOrNull()?.address as InetSocketAddress?
                val chosen = if (port == 0) first?.port else null
                try {
                    listeners += bind(address, chosen ?: port)
                } catch (e: BindException) {
                    // A name may stand for an IPv6 address although this machine has IPv6 switched off.
                    if (address == null || isOurs(address)) throw if (chosen == null) e else SharedPortTakenException(e)
                    notOurs = e
                }
            }
            if (listeners.isEmpty()) throw notOurs!!
        } catch (e: Throwable) {
            listeners.forEach { it.close() }
            throw e
        }
        return listeners
    }

    private fun bind(
        address: InetAddress?,
        port: Int,
    ): Listener {
        val name = peerName(address?.hostAddress ?: "*", port)
        val channel =
            try {
                open(address)
            } catch (e: UnsupportedOperationException) {
                throw BindException("Cannot listen on $name: the system has no IPv6").apply { initCause(e) }
            }
        try {
            channel.configureBlocking(false)
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, reuseAddress)
            if (reusePort) sharePort(channel)
            channel.bind(InetSocketAddress(address, port), backlog)
            return Listener(channel, channel.localAddress)
        } catch (e: IOException) {
            channel.close()
            throw BindException("Cannot listen on $name: ${e.message}").apply { initCause(e) }
        } catch (e: Throwable) {
            channel.close()
            throw e
        }
    }

    /** A socket for IPv4 alone where that is asked for: the JDK's usual one would take 0.0.0.0 for `::`, too. */
    private fun open(address: InetAddress?): ServerSocketChannel =
        when (address) {
            null -> ServerSocketChannel.open()
            is Inet4Address -> ServerSocketChannel.open(StandardProtocolFamily.INET)
            else -> ServerSocketChannel.open(StandardProtocolFamily.INET6)
        }

    private fun sharePort(channel: ServerSocketChannel) {
        if (StandardSocketOptions.SO_REUSEPORT !in channel.supportedOptions()) {
            throw UnsupportedOperationException(
                "reusePort: this system (${System.getProperty("os.name")}) has no SO_REUSEPORT. To serve on several " +
                    "loops, let one server have them: startServer(..., loops = n).",
            )
        }
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true)
    }

    private fun isOurs(address: InetAddress) =
        address.isAnyLocalAddress || NetworkInterface.getByInetAddress(address) != null

    /** The port that the system chose for the first address is taken on another. */
    private class SharedPortTakenException(
        cause: BindException,
    ) : BindException(cause.message) {
        init {
            initCause(cause)
        }
    }

    private companion object {
        const val MOST_TRIES = 20
    }
}
