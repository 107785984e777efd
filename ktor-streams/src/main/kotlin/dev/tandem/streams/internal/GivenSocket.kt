package dev.tandem.streams.internal

import dev.tandem.streams.TlsOptions
import java.net.ConnectException
import java.net.SocketAddress
import java.net.StandardSocketOptions
import java.net.UnixDomainSocketAddress
import java.nio.channels.DatagramChannel
import java.nio.channels.NetworkChannel
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

// Sockets that somebody else has made, to be taken over. What the caller got wrong is found before: such a socket is
// left as it was. From then on it is closed if the call fails.

/** Returns [socket] as what carries a stream. */
internal fun takeOver(
    socket: SocketChannel,
    streams: LoopStreams,
): SocketTransport {
    checkOpen(socket)
    require(socket.isConnected) {
        "$socket is not connected. Call connect() before, or have openConnection(host, port) do it."
    }
    return socket.closedIfItFails {
        socket.configureBlocking(false)
        val local = socket.localAddress
        if (local !is UnixDomainSocketAddress) socket.setOption(StandardSocketOptions.TCP_NODELAY, true)
        SocketTransport(streams, socket, peerOf(socket.remoteAddress, local), local)
    }
}

/** Returns [socket] as what a server listens on. The file of a Unix socket is its maker's: it stays. */
internal fun takeOver(socket: ServerSocketChannel): Listener {
    checkOpen(socket)
    val address = requireNotNull(socket.localAddress) { "$socket is not bound. Call bind(address, backlog) before." }
    return socket.closedIfItFails {
        socket.configureBlocking(false)
        if (address is UnixDomainSocketAddress) {
            UnixListener(socket, address.path, deletesFile = false)
        } else {
            Listener(socket, address)
        }
    }
}

/** Returns [socket] as what datagrams go through; one that is not bound gets a port that the system chooses. */
internal fun takeOver(
    socket: DatagramChannel,
    streams: LoopStreams,
): UdpSocket {
    checkOpen(socket)
    return socket.closedIfItFails {
        socket.configureBlocking(false)
        if (socket.localAddress == null) socket.bind(null)
        UdpSocket(streams, socket)
    }
}

/** Checks that a client with TLS over a socket of [what] knows whom to expect there. */
internal fun checkNamed(
    ssl: TlsOptions?,
    what: String,
) {
    require(ssl == null || ssl.serverName != null || !ssl.verifiesHostName) {
        "No certificate is made out to $what: say whose to expect with withServerName(), or take anybody's with " +
            "withoutHostNameVerification()."
    }
}

private fun checkOpen(socket: NetworkChannel) {
    require(socket.isOpen) { "$socket is closed." }
}

/** How messages name the peer; one that has connected to a Unix socket has no name of its own. */
private fun peerOf(
    remote: SocketAddress?,
    local: SocketAddress?,
): String =
    when {
        remote == null -> throw ConnectException("The peer has reset the connection already")
        remote !is UnixDomainSocketAddress || remote.path.toString().isNotEmpty() -> peerName(remote)
        else -> "a client of $local"
    }

private inline fun <R> NetworkChannel.closedIfItFails(body: () -> R): R =
    try {
        body()
    } catch (e: Throwable) {
        close()
        throw e
    }
