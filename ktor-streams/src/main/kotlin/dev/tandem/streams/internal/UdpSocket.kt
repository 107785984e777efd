package dev.tandem.streams.internal

import dev.tandem.streams.UdpSettings
import java.io.IOException
import java.net.Inet4Address
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.PortUnreachableException
import java.net.SocketException
import java.net.SocketOption
import java.net.StandardSocketOptions
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.nio.channels.DatagramChannel
import java.nio.channels.MembershipKey

/** A UDP socket that never waits: what endpoints and datagram transports are made of. Loop thread only. */
internal class UdpSocket(
    val streams: LoopStreams,
    val channel: DatagramChannel,
) : UdpSettings {
    private data class Group(
        val address: InetAddress,
        val networkInterface: NetworkInterface,
        val source: InetAddress?,
    )

    private val memberships = HashMap<Group, MembershipKey>(0)

    override val localAddress: InetSocketAddress = channel.localAddress as InetSocketAddress
    override val remoteAddress: InetSocketAddress? = channel.remoteAddress as InetSocketAddress?

    val isOpen: Boolean get() = channel.isOpen

    // ---- datagrams ------------------------------------------------------------------------------------------------

    /** Puts a datagram into [target], which must have room for any, and returns who sent it; null if there is none. */
    fun receive(target: ByteBuffer): InetSocketAddress? =
        try {
            channel.receive(target) as InetSocketAddress?
        } catch (e: ClosedChannelException) {
            throw closedException(e)
        } catch (e: PortUnreachableException) {
            throw unreachable(e)
        }

    /** Hands [data] to the system; false if it has no room, and nothing was sent. */
    fun send(
        data: ByteBuffer,
        address: InetSocketAddress?,
    ): Boolean {
        val size = data.remaining()
        val passage = streams.passage
        passage.clear()
        passage.put(0, data, data.position(), size).limit(size)
        try {
            val sent = if (remoteAddress != null) channel.write(passage) else channel.send(passage, address)
            // Whether an empty datagram was sent cannot be told. It needs no room worth speaking of.
            return sent > 0 || size == 0
        } catch (e: ClosedChannelException) {
            throw closedException(e)
        } catch (e: PortUnreachableException) {
            throw unreachable(e)
        } catch (e: IOException) {
            val target = peerName(remoteAddress ?: address)
            throw SocketException("Cannot send $size bytes to $target: ${e.message}").apply { initCause(e) }
        }
    }

    suspend fun resolve(address: InetSocketAddress): InetSocketAddress {
        val all = resolve(streams.loop, address.hostString, peerName(address.hostString, address.port))
        val isSameFamily = { it: InetAddress -> it.javaClass == localAddress.address.javaClass }
        return InetSocketAddress(all.firstOrNull(isSameFamily) ?: all.first(), address.port)
    }

    /** Checks what the caller got wrong, before anything is waited for. */
    fun checkSend(
        size: Int,
        address: InetSocketAddress?,
    ) {
        require(size <= LARGEST_DATAGRAM) { "A datagram of $size bytes: UDP carries at most 65,507 (IPv4)." }
        streams.loop.checkThread("send")
        val connectedTo = remoteAddress
        if (connectedTo != null) {
            require(address == null || address == connectedTo) {
                "This socket is connected to ${peerName(connectedTo)} and cannot send to $address."
            }
            if (size == 0) {
                // The JDK's channel would drop it and say nothing.
                throw UnsupportedOperationException("The JDK sends no empty datagrams through a connected UDP socket.")
            }
        } else {
            check(address != null) { "This socket is not connected: say where to send to, as in send(bytes, address)." }
            require(localAddress.address !is Inet4Address || address.address !is Inet6Address) {
                "$address cannot be reached from ${peerName(localAddress)}: one is of IPv4, the other of IPv6"
            }
        }
    }

    fun close() {
        if (!channel.isOpen) return
        try {
            channel.close()
        } catch (_: IOException) {
            // The descriptor is free all the same, and nothing more could be done about it.
        }
        streams.loop.channelClosed(channel)
    }

    private fun unreachable(cause: PortUnreachableException): PortUnreachableException {
        val target = peerName(remoteAddress)
        return PortUnreachableException("Nobody listens on $target: its host has refused a datagram sent before")
            .apply { initCause(cause) }
    }

    private fun closedException(cause: ClosedChannelException): SocketException =
        SocketException("The UDP socket ${peerName(localAddress)} was closed by this side").apply { initCause(cause) }

    // ---- settings -------------------------------------------------------------------------------------------------

    override var broadcast: Boolean
        get() = getOption(StandardSocketOptions.SO_BROADCAST)
        set(value) = setOption(StandardSocketOptions.SO_BROADCAST, value)

    override var multicastTimeToLive: Int
        get() = getOption(StandardSocketOptions.IP_MULTICAST_TTL)
        set(value) {
            require(value in 0..255) { "A time to live is between 0 and 255, not $value." }
            setOption(StandardSocketOptions.IP_MULTICAST_TTL, value)
        }

    override var multicastLoopback: Boolean
        get() = getOption(StandardSocketOptions.IP_MULTICAST_LOOP)
        set(value) = setOption(StandardSocketOptions.IP_MULTICAST_LOOP, value)

    override var multicastInterface: NetworkInterface?
        get() = channel.getOption(StandardSocketOptions.IP_MULTICAST_IF)
        set(value) {
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, value)
        }

    override fun join(
        group: InetAddress,
        networkInterface: NetworkInterface,
        source: InetAddress?,
    ) {
        require(group.isMulticastAddress) { "${group.hostAddress} is not a multicast address." }
        memberships.getOrPut(Group(group, networkInterface, source)) {
            if (source == null) {
                channel.join(group, networkInterface)
            } else {
                channel.join(group, networkInterface, source)
            }
        }
    }

    override fun leave(
        group: InetAddress,
        networkInterface: NetworkInterface,
        source: InetAddress?,
    ): Boolean {
        val membership = memberships.remove(Group(group, networkInterface, source)) ?: return false
        membership.drop()
        return true
    }

    override fun <T> getOption(option: SocketOption<T>): T = channel.getOption(option)

    override fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    ) {
        channel.setOption(option, value)
    }

    override fun toString(): String {
        val local = peerName(localAddress)
        val state = if (isOpen) "" else ", closed"
        return if (remoteAddress == null) local + state else "$local to ${peerName(remoteAddress)}$state"
    }

    companion object {
        /** What fits into a UDP packet over IPv6; over IPv4 it is 20 bytes less, and the system will say so. */
        const val LARGEST_DATAGRAM = 65_527
    }
}
