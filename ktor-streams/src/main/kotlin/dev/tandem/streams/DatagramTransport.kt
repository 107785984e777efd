package dev.tandem.streams

import java.io.IOException
import java.net.InetSocketAddress

/**
 * What to do with datagrams, told by callbacks.
 *
 * `connectionMade` comes first, `connectionLost` once, last. What one of these functions throws goes to the loop's exception
 * handler; the socket stays open.
 *
 * **Threading.** Called on the loop thread. **Python.** `asyncio.DatagramProtocol`.
 *
 * @see createDatagramEndpoint
 */
public interface DatagramProtocol {
    /** The socket is open. Nothing is received before this returns. */
    public fun connectionMade(transport: DatagramTransport) {
    }

    /** A datagram has arrived, whole. The array is the protocol's own. */
    public fun datagramReceived(
        data: ByteArray,
        address: InetSocketAddress,
    )

    /**
     * The system has refused to send or to receive: often a [java.net.PortUnreachableException], which tells that nobody
     * listens at the other end of a connected socket. The socket stays open.
     */
    public fun errorReceived(exception: IOException) {
    }

    /** The socket is closed, and nothing more is called; [exception] is null, since datagrams fail one by one. */
    public fun connectionLost(exception: Throwable?) {
    }

    /** What waits to be sent has come above the high water mark: send no more for now. Called from within `sendTo`. */
    public fun pauseWriting() {
    }

    /** What waits to be sent has come down to the low water mark. */
    public fun resumeWriting() {
    }
}

/**
 * A UDP socket as its [DatagramProtocol] sees it, made by [createDatagramEndpoint].
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.DatagramTransport`.
 */
public interface DatagramTransport :
    UdpSettings,
    AutoCloseable {
    /** Who is called from now on. */
    public var protocol: DatagramProtocol

    /** Returns whether [close] or [abort] was called. */
    public fun isClosing(): Boolean

    /**
     * Sends [data] to [address] (null: to the peer that the socket is connected to), now or as soon as the system has room;
     * the caller may change the array at once. After [close] it is dropped.
     *
     * What waits is not limited: [DatagramProtocol.pauseWriting] tells when it is too much. What the system refuses goes to
     * [DatagramProtocol.errorReceived].
     *
     * @throws IllegalArgumentException if the socket is connected to another address or has an IPv4 address and [address]
     * is of IPv6, if [address] is only a name yet, or if [data] is longer than any datagram.
     * @throws IllegalStateException without an address, if the socket is not connected.
     */
    public fun sendTo(
        data: ByteArray,
        address: InetSocketAddress?,
    )

    /** Sends [data] to the peer that the socket is connected to. */
    public fun sendTo(data: ByteArray) {
        sendTo(data, null)
    }

    /** Returns how many bytes wait to be sent. */
    public fun writeBufferSize(): Int

    /** Has [DatagramProtocol.pauseWriting] called above [high] waiting bytes, and `resumeWriting` at [low] or fewer. */
    public fun setWriteBufferLimits(
        high: Int,
        low: Int,
    )

    /** Receives no more, sends what waits, then closes; [DatagramProtocol.connectionLost] follows, never from within. */
    override fun close()

    /** Closes now; what waits to be sent is dropped. [DatagramProtocol.connectionLost] follows, never from within. */
    public fun abort()
}
