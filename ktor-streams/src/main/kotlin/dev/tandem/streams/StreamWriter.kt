package dev.tandem.streams

import dev.tandem.streams.internal.StreamTransport
import java.net.SocketAddress
import java.nio.ByteBuffer
import java.util.Objects

/**
 * The sending end of a stream.
 *
 * [write] never waits: the system gets what it takes at once, the rest is queued and sent by the loop. A task that
 * writes more than a little therefore calls [drain] in between, which waits while the peer is behind; without it the
 * queue grows as long as memory lasts.
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.StreamWriter`.
 *
 * ```
 * writer.write(block)
 * writer.drain()
 * ```
 */
public class StreamWriter internal constructor(
    internal var transport: StreamTransport,
) {
    /** The address of this end, or null if the system does not tell. **Python.** `get_extra_info("sockname")`. */
    public val localAddress: SocketAddress? get() = transport.localAddress

    /** The address of the other end. **Python.** `get_extra_info("peername")`. */
    public val remoteAddress: SocketAddress? get() = transport.remoteAddress

    /**
     * Sends [bytes], now or later; the caller may change the array at once.
     *
     * When the connection is lost or this writer was closed, they are dropped: [drain] tells.
     *
     * @throws IllegalStateException after [writeEof].
     */
    public fun write(bytes: ByteArray) {
        transport.write(bytes, 0, bytes.size)
    }

    /** Sends [length] bytes from [offset] on; otherwise as the overload without them. */
    public fun write(
        bytes: ByteArray,
        offset: Int,
        length: Int,
    ) {
        Objects.checkFromIndexSize(offset, length, bytes.size)
        transport.write(bytes, offset, length)
    }

    /** Sends what remains in [bytes] and moves its position to the limit; a direct buffer saves a copy. */
    public fun write(bytes: ByteBuffer) {
        transport.write(bytes)
    }

    /**
     * Waits until the queue has come down to the low water mark, if it is above the high one; else returns at once.
     *
     * **Cancellation.** Loses nothing: what is queued is sent all the same.
     *
     * @throws ConnectionResetException if the connection was lost, or is closed.
     */
    public suspend fun drain() {
        transport.drain()
    }

    /** Returns how many bytes wait to be sent. **Python.** `transport.get_write_buffer_size()`. */
    public fun writeBufferSize(): Int = transport.queuedBytes

    /**
     * Makes [drain] wait above [high] queued bytes, until there are [low] or fewer; at first 64 KiB and 16 KiB.
     *
     * **Python.** `transport.set_write_buffer_limits()`.
     */
    @JvmOverloads
    public fun setWriteBufferLimits(
        high: Int,
        low: Int = high / 4,
    ) {
        require(low in 0..high) { "The low water mark ($low) must be between 0 and the high one ($high)." }
        transport.setWaterMarks(high, low)
    }

    /** Returns whether [writeEof] can be used: not with TLS. */
    public fun canWriteEof(): Boolean = transport.canWriteEof

    /**
     * Tells the peer that nothing more will come, after what was written before; reading goes on.
     *
     * @throws UnsupportedOperationException with TLS.
     */
    public fun writeEof() {
        transport.writeEof()
    }

    /**
     * Closes the stream in both directions, once what was written is sent. A pending read ends as at the end of the
     * stream. With TLS the farewell of the peer is waited for, for a limited time. A second call does nothing.
     *
     * A peer that never reads keeps the stream open until the loop is closed: [abort] it then.
     *
     * @see waitClosed
     */
    public fun close() {
        transport.close()
    }

    /** Closes the stream now; what is queued is dropped. **Python.** `transport.abort()`. */
    public fun abort() {
        transport.abort()
    }

    /** Returns whether the stream is closed or about to be. */
    public fun isClosing(): Boolean = transport.isClosing

    /**
     * Waits until the stream is closed; [close] comes first.
     *
     * @throws ConnectionResetException if it was lost before everything was sent.
     */
    public suspend fun waitClosed() {
        transport.waitClosed()
    }

    override fun toString(): String = "StreamWriter(${describe()})"

    internal fun describe(): String = transport.toString()
}
