package dev.tandem.streams

import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer

/**
 * A connection as its [Protocol] sees it: a socket, or TLS over one. Made by [createConnection] and [createServer].
 *
 * It reads by itself and calls the protocol, as long as reading is not paused. [write] never waits: the system gets what it
 * takes at once, the rest is queued; [BaseProtocol.pauseWriting] tells when that is too much.
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.Transport`, with an accessor for each thing that
 * `get_extra_info` is asked for. An interface, so that a protocol can be tested without a network.
 */
public interface Transport : AutoCloseable {
    /** The address of this end, or null if the system does not tell. */
    public val localAddress: SocketAddress?

    /** The address of the other end. */
    public val remoteAddress: SocketAddress?

    /** What TLS has agreed upon, or null without TLS. **Python.** `get_extra_info("ssl_object")`. */
    public val tls: TlsSession?

    /** Who is called from now on; a [Protocol] may give way to a [BufferedProtocol], and reverse. */
    public var protocol: BaseProtocol

    /** Returns whether the connection is closed or about to be. */
    public fun isClosing(): Boolean

    /** Returns whether arriving data is read: not when paused, nor when closing. */
    public fun isReading(): Boolean

    /** Reads no more, which slows the peer down, until [resumeReading]. A second call does nothing. */
    public fun pauseReading()

    /** Ends [pauseReading]; does nothing if that was not called. */
    public fun resumeReading()

    /**
     * Sends [data], now or later; the caller may change the array at once. What is written after [close] is dropped.
     *
     * @throws IllegalStateException after [writeEof], and during [startTls].
     */
    public fun write(data: ByteArray)

    /** Sends what remains in [data] and moves its position to the limit; a direct buffer saves a copy. */
    public fun write(data: ByteBuffer)

    /** Sends all of [lines], one after the other, nothing in between. **Python.** `writelines`. */
    public fun writeLines(lines: Iterable<ByteArray>)

    /** Returns whether [writeEof] can be used: not with TLS. */
    public fun canWriteEof(): Boolean

    /**
     * Tells the peer that nothing more will come, after what was written before; reading goes on.
     *
     * @throws UnsupportedOperationException with TLS.
     */
    public fun writeEof()

    /** Returns how many bytes wait to be sent. **Python.** `get_write_buffer_size`. */
    public fun writeBufferSize(): Int

    /**
     * Has [BaseProtocol.pauseWriting] called above [high] waiting bytes, and [BaseProtocol.resumeWriting] at [low] or fewer;
     * at first 64 KiB and 16 KiB.
     */
    public fun setWriteBufferLimits(
        high: Int,
        low: Int,
    )

    /** Sets the high water mark, and the low one to a quarter of it. */
    public fun setWriteBufferLimits(high: Int) {
        setWriteBufferLimits(high, high / 4)
    }

    /**
     * Returns the value of a socket's [option] ([java.net.StandardSocketOptions]), or null if it has none.
     *
     * **Python.** `get_extra_info("socket").getsockopt()`.
     *
     * @throws UnsupportedOperationException if such sockets do not have the option.
     * @throws java.nio.channels.ClosedChannelException if the connection is closed.
     */
    @Throws(IOException::class)
    public fun <T> getOption(option: SocketOption<T>): T?

    /** Sets a socket's [option], with the errors of [getOption]. **Python.** `setsockopt()`. */
    @Throws(IOException::class)
    public fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    )

    /** Reads no more, sends what was written, then closes; [BaseProtocol.connectionLost] follows, never from within. */
    override fun close()

    /** Closes now; what waits to be sent is dropped. [BaseProtocol.connectionLost] follows, never from within. */
    public fun abort()
}

/**
 * A transport and its protocol, which belong together: `val (transport, protocol) = createConnection(...)`.
 *
 * **Python.** The pair that `create_connection` and `create_datagram_endpoint` return.
 */
public class TransportPair<T : Any, P : Any> internal constructor(
    /** What sends and closes. */
    @get:JvmName("transport") public val transport: T,
    /** Who is called; what the factory made. */
    @get:JvmName("protocol") public val protocol: P,
) {
    /** [transport]. */
    public operator fun component1(): T = transport

    /** [protocol]. */
    public operator fun component2(): P = protocol

    override fun toString(): String = "TransportPair($transport, $protocol)"
}
