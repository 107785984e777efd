package dev.tandem.streams

import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.SocketOption

/**
 * The addresses, options and multicast groups of a UDP socket: of a [DatagramEndpoint] or a [DatagramTransport].
 *
 * A setting that the system refuses fails with its `IOException`; so does every one once the socket is closed.
 *
 * **Threading.** Loop thread only. **Python.** `get_extra_info("sockname")`, `("peername")` and `("socket")`.
 */
public interface UdpSettings {
    /** The address of this end, with the port that the system chose if it was asked to; also once it is closed. */
    public val localAddress: InetSocketAddress

    /** The only address that is sent to and received from; null for a socket that is not connected. */
    public val remoteAddress: InetSocketAddress?

    /** Whether datagrams may be sent to broadcast addresses; false at first. */
    public var broadcast: Boolean

    /** How many routers a multicast datagram may pass; 1 at first: the local network. */
    public var multicastTimeToLive: Int

    /** Whether members on this machine get what is sent to a multicast group from here; true at first. */
    public var multicastLoopback: Boolean

    /** The network interface that multicast datagrams leave by; null lets the system choose. */
    public var multicastInterface: NetworkInterface?

    /**
     * Has the socket receive what is sent to [group] and arrives at [networkInterface], until [leave] or until the
     * socket is closed; with a [source], only what comes from there. A second call does nothing.
     *
     * The socket must be bound to the group's port, and to the group's address or the wildcard.
     *
     * @throws IllegalArgumentException if [group] is not a multicast address.
     * @throws IllegalStateException if the group was joined with a source before and now without, or reverse.
     */
    public fun join(
        group: InetAddress,
        networkInterface: NetworkInterface,
        source: InetAddress?,
    )

    /** Joins [group] for all sources. */
    public fun join(
        group: InetAddress,
        networkInterface: NetworkInterface,
    ) {
        join(group, networkInterface, null)
    }

    /** Ends [join] with the same arguments; returns false if there was none. */
    public fun leave(
        group: InetAddress,
        networkInterface: NetworkInterface,
        source: InetAddress?,
    ): Boolean

    /** Leaves [group] for all sources. */
    public fun leave(
        group: InetAddress,
        networkInterface: NetworkInterface,
    ): Boolean = leave(group, networkInterface, null)

    /**
     * Returns the value of an option of the system's socket; see [java.net.StandardSocketOptions].
     *
     * @throws UnsupportedOperationException if UDP sockets of this system do not have it.
     */
    public fun <T> getOption(option: SocketOption<T>): T

    /** Sets an option of the system's socket, as `SO_RCVBUF` for bursts that are larger than the system expects. */
    public fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    )
}
