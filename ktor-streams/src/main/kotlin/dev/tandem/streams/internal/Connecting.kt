package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.TimeoutException
import dev.tandem.timeout
import java.io.IOException
import java.net.ConnectException
import java.net.Inet4Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.net.SocketTimeoutException
import java.net.StandardSocketOptions
import java.net.UnknownHostException
import java.nio.channels.SocketChannel
import java.nio.channels.UnsupportedAddressTypeException
import kotlin.time.Duration

/** How messages name a peer: `example.org:443`, `[::1]:443`. */
internal fun peerName(
    host: String,
    port: Int,
): String = if (host.contains(':')) "[$host]:$port" else "$host:$port"

internal fun peerName(address: SocketAddress?): String =
    if (address is InetSocketAddress) peerName(literal(address.address), address.port) else address.toString()

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
            val lookUp = LoopStreams.of(loop).lookUp
            loop.runInExecutor(null) { lookUp(host) }.await()
        }
    } catch (e: UnknownHostException) {
        // The JDK says "host: reason", or only the host.
        val reason = e.message?.removePrefix(host).orEmpty()
        val saysMore = '/' in host || ':' in host
        val hint = if (saysMore) ". A host is a name or an address alone: no scheme, no port, no path" else ""
        throw UnknownHostException("Unknown host in $peer$reason$hint").apply { initCause(e) }
    }

/** Runs [connect] for at most [limit]. */
internal suspend fun <T> connectWithin(
    limit: Duration?,
    peer: String,
    connect: suspend () -> T,
): T {
    if (limit == null) return connect()
    try {
        return timeout(limit) { connect() }
    } catch (e: TimeoutException) {
        throw SocketTimeoutException("$peer has not accepted the connection within $limit").apply { initCause(e) }
    }
}

/**
 * Connects to the first of [addresses] that accepts, as RFC 8305 says: the families take turns, and the next address is
 * tried when the latest has failed or is silent for [delay]. With null, one after the other in the order given.
 */
internal suspend fun connectToAny(
    addresses: List<InetAddress>,
    port: Int,
    peer: String,
    streams: LoopStreams,
    local: List<InetSocketAddress> = emptyList(),
    delay: Duration? = null,
): SocketTransport {
    val targets = if (delay == null) addresses else interleave(addresses)
    val race =
        StaggeredRace<InetAddress, SocketChannel>(streams.loop, targets, delay) { address, attempt ->
            connect(InetSocketAddress(address, port), local, streams.loop, attempt)
        }
    val channel = race.run() ?: throw connectFailure(targets, peer, race.failures.filterNotNull())
    return SocketTransport(streams, channel, peer)
}

/** Has the families take turns, the first one first; the order within a family stays. */
internal fun interleave(addresses: List<InetAddress>): List<InetAddress> {
    val families = addresses.groupBy { it is Inet4Address }.values
    return List(families.maxOfOrNull { it.size } ?: 0) { i -> families.mapNotNull { it.getOrNull(i) } }.flatten()
}

private fun connect(
    target: InetSocketAddress,
    local: List<InetSocketAddress>,
    loop: EventLoop,
    attempt: Attempt<SocketChannel>,
) {
    val channel =
        try {
            SocketChannel.open()
        } catch (e: IOException) {
            return attempt.begin({}) { attempt.fail(e) }
        }
    val close = {
        channel.close()
        loop.channelClosed(channel)
    }
    attempt.begin(close) {
        attempting(attempt, close) {
            channel.configureBlocking(false)
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true)
            if (local.isNotEmpty()) channel.bind(localFor(target, local))
            if (channel.connect(target)) {
                attempt.succeed(channel)
            } else {
                loop.addWriter(channel) { attempting(attempt, close) { finish(channel, loop, attempt) } }
            }
        }
    }
}

private fun finish(
    channel: SocketChannel,
    loop: EventLoop,
    attempt: Attempt<SocketChannel>,
) {
    if (!channel.finishConnect()) return
    loop.removeWriter(channel)
    attempt.succeed(channel)
}

private inline fun attempting(
    attempt: Attempt<*>,
    close: () -> Unit,
    body: () -> Unit,
) {
    try {
        body()
    } catch (e: IOException) {
        close()
        attempt.fail(e)
    } catch (e: UnsupportedAddressTypeException) {
        // An IPv6 address where the JVM was told to do without IPv6.
        close()
        attempt.fail(ConnectException("This JVM has no sockets for such an address").apply { initCause(e) })
    }
}

/** Returns the first of [local] that a connection to [target] can come from. */
private fun localFor(
    target: InetSocketAddress,
    local: List<InetSocketAddress>,
): InetSocketAddress =
    local.firstOrNull { it.address.isAnyLocalAddress || it.address.javaClass == target.address.javaClass }
        ?: throw ConnectException("The local address ${peerName(local.first())} is of the other family")

private fun connectFailure(
    addresses: List<InetAddress>,
    peer: String,
    failures: List<IOException>,
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
