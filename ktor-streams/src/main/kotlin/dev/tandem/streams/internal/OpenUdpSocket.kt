package dev.tandem.streams.internal

import dev.tandem.EventLoop
import java.io.IOException
import java.net.BindException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ProtocolFamily
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.nio.channels.DatagramChannel

/**
 * Opens a UDP socket that is bound to [local] and connected to [remote], where these are given. Names are looked up on
 * a thread of the loop's pool; the first pair of addresses that the system accepts is taken.
 */
internal suspend fun openUdpSocket(
    loop: EventLoop,
    local: InetSocketAddress?,
    remote: InetSocketAddress?,
    family: ProtocolFamily?,
    reusePort: Boolean,
    broadcast: Boolean,
): UdpSocket {
    val locals = candidates(loop, local, family)
    val remotes = candidates(loop, remote, family)
    val failures = ArrayList<IOException>()
    for (remoteCandidate in remotes) {
        for (localCandidate in locals) {
            if (!areOfOneFamily(localCandidate, remoteCandidate)) continue
            try {
                val chosen = family ?: familyFor(localCandidate, remoteCandidate)
                val channel = openChannel(chosen, localCandidate, remoteCandidate, reusePort, broadcast)
                return UdpSocket(LoopStreams.of(loop), channel)
            } catch (e: IOException) {
                failures += e
            }
        }
    }
    require(failures.isNotEmpty()) { "$local and $remote have no addresses of one family, IPv4 or IPv6." }
    throw failures.first().apply { failures.drop(1).forEach(::addSuppressed) }
}

/** Returns [address], resolved if it is only a name yet; where it was not given, null stands for any. */
private suspend fun candidates(
    loop: EventLoop,
    address: InetSocketAddress?,
    family: ProtocolFamily?,
): List<InetSocketAddress?> {
    if (address == null) return listOf(null)
    if (!address.isUnresolved) return listOf(address)
    val all = resolve(loop, address.hostString, peerName(address.hostString, address.port))
    return all
        .filter { family == null || it.isAnyLocalAddress || familyOf(it) == family }
        .map { InetSocketAddress(it, address.port) }
}

private fun areOfOneFamily(
    local: InetSocketAddress?,
    remote: InetSocketAddress?,
): Boolean {
    if (local == null || remote == null || local.address.isAnyLocalAddress) return true
    return familyOf(local.address) == familyOf(remote.address)
}

/** Returns null for a socket of both families, where the machine has both: one that is bound to the wildcard. */
private fun familyFor(
    local: InetSocketAddress?,
    remote: InetSocketAddress?,
): ProtocolFamily? =
    when {
        remote != null -> familyOf(remote.address)
        local == null || local.address.isAnyLocalAddress -> null
        else -> familyOf(local.address)
    }

private fun familyOf(address: InetAddress): ProtocolFamily =
    if (address is Inet6Address) StandardProtocolFamily.INET6 else StandardProtocolFamily.INET

private fun openChannel(
    family: ProtocolFamily?,
    local: InetSocketAddress?,
    remote: InetSocketAddress?,
    reusePort: Boolean,
    broadcast: Boolean,
): DatagramChannel {
    val channel = if (family == null) DatagramChannel.open() else DatagramChannel.open(family)
    try {
        channel.configureBlocking(false)
        if (broadcast) channel.setOption(StandardSocketOptions.SO_BROADCAST, true)
        if (reusePort) channel.setOption(StandardSocketOptions.SO_REUSEPORT, true)
        channel.bind(local)
        if (remote != null) channel.connect(remote)
        return channel
    } catch (e: BindException) {
        channel.close()
        throw BindException("Cannot receive on ${peerName(local)}: ${e.message}").apply { initCause(e) }
    } catch (e: Throwable) {
        channel.close()
        throw e
    }
}
