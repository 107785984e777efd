package dev.tandem.streams.internal

import dev.tandem.EventLoop
import io.ktor.network.selector.Selectable
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.aSocket
import java.io.IOException
import java.net.ConnectException
import java.net.InetAddress
import java.net.UnknownHostException
import java.nio.channels.SocketChannel
import java.nio.channels.UnsupportedAddressTypeException

/** How messages name a peer: `example.org:443`, `[::1]:443`. */
internal fun peerName(
    host: String,
    port: Int,
): String = if (host.contains(':')) "[$host]:$port" else "$host:$port"

internal fun peerName(address: java.net.SocketAddress?): String =
    if (address is java.net.InetSocketAddress) peerName(literal(address.address), address.port) else address.toString()

/** Returns the addresses of [host], looked up on a thread of the loop's pool unless it is an address itself. */
internal suspend fun resolve(
    loop: EventLoop,
    host: String,
    peer: String,
): List<InetAddress> =
    try {
        if (isLiteral(host)) {
            listOf(InetAddress.getByName(host))
        } else {
            loop.runInExecutor(null) { InetAddress.getAllByName(host).asList() }.await()
        }
    } catch (e: UnknownHostException) {
        // The JDK says "host: reason", or only the host.
        val reason = e.message?.removePrefix(host).orEmpty()
        throw UnknownHostException("Unknown host in $peer$reason").apply { initCause(e) }
    }

/** Connects to the first of [addresses] that accepts. */
internal suspend fun connectToAny(
    addresses: List<InetAddress>,
    port: Int,
    peer: String,
    streams: LoopStreams,
): SocketTransport {
    val failures = ArrayList<Exception>()
    for (address in addresses) {
        try {
            return SocketTransport(streams, connect(address, port, streams.loop), peer)
        } catch (e: IOException) {
            failures += e
        } catch (e: UnsupportedAddressTypeException) {
            // An IPv6 address where the JVM was told to do without IPv6.
            failures += e
        }
    }
    throw connectFailure(addresses, peer, failures)
}

private suspend fun connect(
    address: InetAddress,
    port: Int,
    loop: EventLoop,
): SocketChannel {
    // Ktor takes a literal without a lookup, and with it the scope of a link-local address.
    val target = InetSocketAddress(literal(address), port)
    val socket = aSocket(LoopSelectorManager(loop)).tcp().connect(target) { noDelay = true }
    return (socket as Selectable).channel as SocketChannel
}

private fun connectFailure(
    addresses: List<InetAddress>,
    peer: String,
    failures: List<Exception>,
): ConnectException {
    val reasons = failures.map { it.message ?: it.javaClass.simpleName }
    val told =
        if (reasons.distinct().size == 1) {
            "${reasons.first()} (${addresses.joinToString { literal(it) }})"
        } else {
            addresses.zip(reasons).joinToString("; ") { (address, reason) -> "${literal(address)}: $reason" }
        }
    return ConnectException("Cannot connect to $peer: $told").apply {
        initCause(failures.firstOrNull())
        failures.drop(1).forEach(::addSuppressed)
    }
}

private fun literal(address: InetAddress): String = address.hostAddress

/** Whether [host] is an address, which the JDK does not look up. */
internal fun isLiteral(host: String): Boolean =
    if (host.contains(':')) {
        host[0] == ':' || host[0] == '[' || Character.digit(host[0], 16) >= 0
    } else {
        val parts = host.split('.')
        parts.size == 4 && parts.all { it.length in 1..3 && it.all(Char::isDigit) && it.toInt() <= 255 }
    }
