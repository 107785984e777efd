package dev.tandem.streams

import java.nio.ByteBuffer

/**
 * What [Protocol] and [BufferedProtocol] have in common: how a connection begins, ends, and slows its writer down.
 *
 * The loop calls these functions, never two at a time: `connectionMade`, then any number of `dataReceived` (or `getBuffer`
 * and `bufferUpdated`), then `eofReceived` at most once, then `connectionLost`. They must not block, and cannot wait: what
 * takes long belongs into a task. An exception of `dataReceived`, `getBuffer`, `bufferUpdated` or `eofReceived` goes to the
 * loop's exception handler and ends the connection; `connectionLost` gets it. One of the other functions goes to the
 * exception handler only.
 *
 * **Python.** `asyncio.BaseProtocol`, and `eof_received` of its two subclasses.
 */
public sealed interface BaseProtocol {
    /** The connection is there; with TLS, the peers have shaken hands. Nothing is read before this returns. */
    public fun connectionMade(transport: Transport) {
    }

    /**
     * The connection is gone; nothing more is called.
     *
     * [exception] is null after an orderly end: the peer's, [Transport.close] or [Transport.abort]. Otherwise it is what
     * the system said ([ConnectionResetException]), what is wrong with TLS, or what a function of this protocol threw.
     */
    public fun connectionLost(exception: Throwable?) {
    }

    /**
     * The peer has announced that it sends no more. Returning false closes the connection once everything is sent;
     * returning true leaves it open to write. With TLS it is closed in any case.
     */
    public fun eofReceived(): Boolean = false

    /** What waits to be sent has come above the high water mark: write no more for now. Called from within `write`. */
    public fun pauseWriting() {
    }

    /** What waits to be sent has come down to the low water mark: write on. */
    public fun resumeWriting() {
    }
}

/**
 * What to do with a connection, told by callbacks in place of a task; for whoever writes a protocol library.
 *
 * ```
 * class Echo : Protocol {
 *     private lateinit var transport: Transport
 *
 *     override fun connectionMade(transport: Transport) {
 *         this.transport = transport
 *     }
 *
 *     override fun dataReceived(data: ByteArray) = transport.write(data)
 * }
 *
 * val server = createServer(::Echo, "127.0.0.1", 8888)
 * ```
 *
 * **Threading.** Called on the loop thread. **Python.** `asyncio.Protocol`.
 *
 * @see BaseProtocol for when which function is called
 * @see createConnection
 * @see createServer
 */
public interface Protocol : BaseProtocol {
    /** [data] has arrived, at least one byte. Where a message ends is the protocol's own affair. The array is its own. */
    public fun dataReceived(data: ByteArray)
}

/**
 * A protocol that says where to put what arrives: nothing is allocated, and nothing is copied if the buffer is direct.
 *
 * **Threading.** Called on the loop thread. **Python.** `asyncio.BufferedProtocol`.
 */
public interface BufferedProtocol : BaseProtocol {
    /**
     * Returns where to put what arrives next: from the buffer's position to its limit. It may be the same one each time.
     *
     * A buffer without room is an error, which ends the connection.
     *
     * @param sizeHint how much room would be good; -1 if that is not known
     */
    public fun getBuffer(sizeHint: Int): ByteBuffer

    /** [count] bytes were put into the buffer, whose position has moved on by as many. */
    public fun bufferUpdated(count: Int)
}
