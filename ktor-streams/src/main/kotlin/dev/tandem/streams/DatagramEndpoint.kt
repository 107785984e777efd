package dev.tandem.streams

import dev.tandem.Lock
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.UdpSocket
import dev.tandem.streams.internal.peerName
import java.io.IOException
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException

/**
 * A UDP socket, made by [openDatagramEndpoint]; to be closed.
 *
 * Nothing is queued on this side: a [send] that the system has no room for waits, and what nobody receives stays in the
 * system's buffer, which drops what comes when it is full.
 *
 * **Threading.** Members that suspend: in a task; the others: loop thread only. **Python.** asyncio offers
 * `create_datagram_endpoint` with callbacks only.
 */
public class DatagramEndpoint internal constructor(
    private val socket: UdpSocket,
) : UdpSettings by socket,
    AutoCloseable {
    private val streams: LoopStreams = socket.streams
    private var isReceiving = false

    /** How many datagrams in a row came without a wait in between. */
    private var arrivalsInARow = 0

    /** Held by the sender that waits for room; the others line up behind it. */
    private val room = Lock()

    init {
        streams.add(this)
    }

    /**
     * Waits for a datagram and returns it with its sender's address. Datagrams come out whole, one at a time.
     *
     * One task at a time may receive. **Cancellation.** Loses no datagram.
     *
     * @throws java.net.PortUnreachableException if the endpoint is connected and the peer's host has refused what was
     * sent (ICMP "port unreachable"). The system says so once, to whichever of [receive] and [send] comes first. The
     * endpoint can be used on.
     * @throws java.net.SocketException if this side has closed the endpoint, also meanwhile.
     */
    public suspend fun receive(): Datagram {
        checkAlone()
        while (true) {
            val sender = takeArrival()
            if (sender != null) {
                return Datagram(ByteArray(streams.arrivals.remaining()).also(streams.arrivals::get), sender)
            }
            awaitArrival()
        }
    }

    /**
     * Waits for a datagram, puts it into [target] from its position on, and returns the sender's address; otherwise as
     * [receive]. A direct buffer with room for any datagram (64 KiB) saves a copy.
     *
     * @throws DatagramTooLargeException if [target] has too little room: nothing was put into it, and the exception has
     * the whole datagram.
     */
    public suspend fun receiveInto(target: ByteBuffer): InetSocketAddress {
        require(!target.isReadOnly) { "receiveInto(): the buffer is a read-only one." }
        checkAlone()
        while (true) {
            // Only with room for any datagram could one not be cut off unnoticed.
            val fitsAny = target.isDirect && target.remaining() >= LoopStreams.BUFFER_SIZE
            val sender = if (fitsAny) receiveNow(target) else takeArrival()
            if (sender != null) return sender.also { if (!fitsAny) moveArrival(target, it) }
            awaitArrival()
        }
    }

    /**
     * Sends [data] to the peer that this endpoint is connected to. Waits while the system's buffer is full; senders
     * that wait go in turn.
     *
     * That it was sent does not mean that it arrives. **Cancellation.** Nothing was sent.
     *
     * @throws java.net.PortUnreachableException if the peer's host has refused an earlier datagram and [receive] has
     * not told yet; this one was not sent.
     * @throws java.net.SocketException if the system refuses it, as one that is too long, or the endpoint is closed.
     * @throws IllegalStateException if this endpoint is not connected.
     * @throws UnsupportedOperationException if [data] is empty: the JDK sends that only from unconnected sockets.
     */
    public suspend fun send(data: ByteArray) {
        send(ByteBuffer.wrap(data))
    }

    /** Sends what remains in [data] and moves its position to the limit; otherwise as the overload with an array. */
    public suspend fun send(data: ByteBuffer) {
        socket.checkSend(data.remaining(), null)
        sendChecked(data, null)
    }

    /**
     * Sends [data] to [address], looked up on a thread of the loop's pool if it is only a name yet; otherwise as the
     * overload for connected endpoints.
     *
     * @throws IllegalArgumentException if this endpoint is connected to another address, or has an IPv4 address and
     * [address] is of IPv6.
     * @throws java.net.UnknownHostException if the name is not known.
     */
    public suspend fun send(
        data: ByteArray,
        address: InetSocketAddress,
    ) {
        send(ByteBuffer.wrap(data), address)
    }

    /** Sends what remains in [data] to [address], and moves the position of [data] to the limit. */
    public suspend fun send(
        data: ByteBuffer,
        address: InetSocketAddress,
    ) {
        val target = if (address.isUnresolved) socket.resolve(address) else address
        socket.checkSend(data.remaining(), target)
        sendChecked(data, target)
    }

    /** Returns whether [close] was called. */
    public fun isClosing(): Boolean = !socket.isOpen

    /** Closes the endpoint at once; a task that waits to receive or to send gets a `SocketException`. */
    override fun close() {
        streams.loop.checkThread("close")
        streams.remove(this)
        socket.close()
    }

    override fun toString(): String = "DatagramEndpoint($socket)"

    private suspend fun sendChecked(
        data: ByteBuffer,
        address: InetSocketAddress?,
    ) {
        if (room.locked() || !socket.send(data, address)) {
            room.withLock {
                while (!socket.send(data, address)) awaitRoom()
            }
        }
        data.position(data.limit())
    }

    private suspend fun awaitRoom() {
        try {
            streams.loop.awaitWritable(socket.channel)
        } catch (_: ClosedChannelException) {
            // Closed meanwhile; the next attempt says so.
        }
    }

    /** Has a datagram put into the loop's buffer for arrivals, to be taken out before anybody else runs. */
    private fun takeArrival(): InetSocketAddress? {
        val arrivals = streams.arrivals
        arrivals.clear()
        val sender = receiveNow(arrivals)
        arrivals.flip()
        return sender
    }

    /**
     * Returns null now and then although there is more: peers that send faster than this side receives would keep the
     * other tasks of the loop from running.
     */
    private fun receiveNow(target: ByteBuffer): InetSocketAddress? {
        if (arrivalsInARow == MOST_ARRIVALS_IN_A_ROW) {
            arrivalsInARow = 0
            return null
        }
        val sender = socket.receive(target)
        if (sender == null) arrivalsInARow = 0 else arrivalsInARow++
        return sender
    }

    private fun moveArrival(
        target: ByteBuffer,
        sender: InetSocketAddress,
    ) {
        val arrivals = streams.arrivals
        val size = arrivals.remaining()
        if (size > target.remaining()) {
            val room = target.remaining()
            val message = "A datagram of $size bytes from ${peerName(sender)}: the buffer has room for $room"
            throw DatagramTooLargeException(message, Datagram(ByteArray(size).also(arrivals::get), sender))
        }
        target.put(arrivals)
    }

    private suspend fun awaitArrival() {
        isReceiving = true
        try {
            streams.loop.awaitReadable(socket.channel)
        } catch (_: ClosedChannelException) {
            // Closed meanwhile; the next attempt says so.
        } finally {
            isReceiving = false
        }
    }

    private fun checkAlone() {
        check(!isReceiving) { "Another task waits to receive at $socket already: let one task do the receiving." }
    }

    private companion object {
        const val MOST_ARRIVALS_IN_A_ROW = 16
    }
}

/**
 * What was received, and from whom: `val (data, address) = endpoint.receive()`.
 *
 * **Python.** The two arguments of `datagram_received`.
 */
public class Datagram(
    /** What was sent: as many bytes as the datagram had, also none. */
    @get:JvmName("data") public val data: ByteArray,
    /** Who sent it, and where an answer goes to. */
    @get:JvmName("address") public val address: InetSocketAddress,
) {
    /** [data]. */
    public operator fun component1(): ByteArray = data

    /** [address]. */
    public operator fun component2(): InetSocketAddress = address

    override fun toString(): String = "Datagram(${data.size} bytes from ${peerName(address)})"
}

/** Thrown by [DatagramEndpoint.receiveInto] for a datagram that the buffer has no room for; it is in [datagram]. */
public class DatagramTooLargeException(
    message: String,
    /** The datagram, whole. */
    public val datagram: Datagram,
) : IOException(message)
