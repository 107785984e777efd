package dev.tandem.streams

import dev.tandem.streams.internal.StreamTransport
import dev.tandem.streams.internal.TlsTransport
import dev.tandem.streams.internal.openOffLoop
import dev.tandem.streams.internal.upgradeToTls
import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Path
import java.nio.file.StandardOpenOption
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
    /** The other half of the same connection; [startTls] moves both. */
    internal var reader: StreamReader? = null,
    /** Whether [startServer] has made the connection; [startTls] takes this side. */
    private val isServerSide: Boolean = false,
) {
    /** The call that has the stream to itself at the moment, if there is one. */
    private var occupiedBy: String? = null
    private var isEofWritten = false

    /** The address of this end, or null if the system does not tell. **Python.** `get_extra_info("sockname")`. */
    public val localAddress: SocketAddress? get() = transport.localAddress

    /** The address of the other end. **Python.** `get_extra_info("peername")`. */
    public val remoteAddress: SocketAddress? get() = transport.remoteAddress

    /** What TLS has agreed upon, or null without TLS. **Python.** `get_extra_info("ssl_object")`. */
    public val tls: TlsSession? get() = (transport as? TlsTransport)?.session

    /**
     * Sends [bytes], now or later; the caller may change the array at once.
     *
     * When the connection is lost or this writer was closed, they are dropped: [drain] tells.
     *
     * @throws IllegalStateException after [writeEof], and while [sendFile] or [startTls] is at work.
     */
    public fun write(bytes: ByteArray) {
        checkFree("write")
        transport.write(bytes, 0, bytes.size)
    }

    /** Sends [length] bytes from [offset] on; otherwise as the overload without them. */
    public fun write(
        bytes: ByteArray,
        offset: Int,
        length: Int,
    ) {
        Objects.checkFromIndexSize(offset, length, bytes.size)
        checkFree("write")
        transport.write(bytes, offset, length)
    }

    /** Sends what remains in [bytes] and moves its position to the limit; a direct buffer saves a copy. */
    public fun write(bytes: ByteBuffer) {
        checkFree("write")
        transport.write(bytes)
    }

    /**
     * Sends all of [lines], one after the other; otherwise as [write]. Nothing is added to them: a line ends as it is
     * given. Small ones are sent together.
     */
    public fun writeLines(lines: Iterable<ByteArray>) {
        checkFree("writeLines")
        val together = ByteBuffer.allocate(MOST_SENT_TOGETHER)
        for (line in lines) {
            if (line.size > together.remaining()) {
                transport.write(together.flip())
                together.clear()
            }
            if (line.size > together.remaining()) transport.write(line, 0, line.size) else together.put(line)
        }
        if (together.position() > 0) transport.write(together.flip())
    }

    /**
     * Sends [count] bytes of [file] from [offset] on, after what was written before, and returns how many it sent: fewer
     * when the file ends before, also if it is cut short meanwhile. The file's own position is not used.
     *
     * Without TLS, the bytes go from the file to the network inside the system, uncopied; with it, they are read in
     * pieces of 64 KiB, each followed by [drain]. Either way the disk is waited for on threads of the loop's pool. Until
     * the call ends, nothing else can be written; the peer can be read from.
     *
     * **Cancellation.** Waits until the thread that is at it has let go of [file], which stays open. A part of it was
     * sent by then, so that the stream is of little use to most protocols: [abort] it.
     * **Python.** `loop.sendfile(writer.transport, file, offset, count)`.
     *
     * @throws ConnectionResetException if the connection was lost or is closed, also meanwhile.
     * @throws java.io.IOException if the file cannot be read.
     * @throws java.nio.channels.NonReadableChannelException if it was not opened to be read.
     * @throws IllegalStateException after [writeEof], and while another call sends.
     */
    public suspend fun sendFile(
        file: FileChannel,
        offset: Long = 0,
        count: Long = Long.MAX_VALUE,
    ): Long {
        require(offset >= 0) { "sendFile(): the offset is negative: $offset." }
        require(count >= 0) { "sendFile(): the number of bytes is negative: $count." }
        checkFree("sendFile")
        check(!isEofWritten) { "sendFile() after writeEof(): the end of the stream was announced already." }
        return occupied("sendFile()") { transport.sendFile(file, offset, minOf(count, Long.MAX_VALUE - offset)) }
    }

    /**
     * Opens the file [path], sends [count] bytes of it from [offset] on, and closes it; otherwise as the overload with a
     * channel.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file.
     */
    public suspend fun sendFile(
        path: Path,
        offset: Long = 0,
        count: Long = Long.MAX_VALUE,
    ): Long {
        val file = openOffLoop { FileChannel.open(path, StandardOpenOption.READ) }
        try {
            return sendFile(file, offset, count)
        } finally {
            file.close()
        }
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

    /**
     * Turns the open connection into a TLS one, as protocols do after a command such as `STARTTLS`. Both ends of the
     * stream go on as they were; what was written before goes out as plain text.
     *
     * Everything that came before must have been read. A peer, or somebody in between, who sends plain text beyond the
     * command would otherwise have it taken for text that TLS protects: so that is an error, and closes the connection.
     * **Cancellation.** Closes the connection, as a failure of the handshake does. **Python.** `start_tls`.
     *
     * ```
     * writer.write("STARTTLS\r\n".toByteArray())
     * check(reader.readLine().decodeToString().startsWith("220"))
     * writer.startTls(TlsOptions())
     * ```
     *
     * @param serverName client: the name to verify, in place of the options' name or the host that was connected to
     * @param serverSide whether this side is TLS's server; null: if [startServer] has made the connection
     * @throws IllegalStateException if TLS is there already, a task is reading, or the stream is closed. Reads and writes
     * meanwhile throw it, too.
     * @throws java.io.IOException otherwise as [openConnection].
     */
    public suspend fun startTls(
        options: TlsOptions,
        serverName: String? = null,
        serverSide: Boolean? = null,
    ) {
        checkFree("startTls")
        check(!isEofWritten) { "startTls() after writeEof(): the end of the stream was announced already." }
        val receiving = checkNotNull(reader) { "startTls(): nobody reads from $this." }
        val isServer = serverSide ?: isServerSide
        occupied("startTls()") { transport = upgradeToTls(transport, receiving, options, serverName, isServer) }
        receiving.source = transport
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

    /**
     * Returns the value of a socket's [option] ([java.net.StandardSocketOptions]), or null if it has none.
     *
     * **Python.** `get_extra_info("socket").getsockopt()`.
     *
     * @throws UnsupportedOperationException if such sockets do not have the option.
     * @throws java.nio.channels.ClosedChannelException if the stream is closed.
     */
    @Throws(IOException::class)
    public fun <T> getOption(option: SocketOption<T>): T? = transport.getOption(option)

    /**
     * Sets a socket's [option]; `TCP_NODELAY` is set from the start. **Python.** `setsockopt()`.
     *
     * @throws UnsupportedOperationException if such sockets do not have the option.
     * @throws java.nio.channels.ClosedChannelException if the stream is closed.
     */
    @Throws(IOException::class)
    public fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    ) {
        transport.setOption(option, value)
    }

    /** Returns whether [writeEof] can be used: not with TLS. */
    public fun canWriteEof(): Boolean = transport.canWriteEof

    /**
     * Tells the peer that nothing more will come, after what was written before; reading goes on.
     *
     * @throws UnsupportedOperationException with TLS.
     */
    public fun writeEof() {
        checkFree("writeEof")
        transport.writeEof()
        isEofWritten = true
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
        transport.loop.checkThread("close")
        transport.close()
    }

    /** Closes the stream now; what is queued is dropped. **Python.** `transport.abort()`. */
    public fun abort() {
        transport.loop.checkThread("abort")
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

    private fun checkFree(call: String) {
        transport.loop.checkThread(call)
        check(occupiedBy == null) { "$call() while $occupiedBy is at work: await that first." }
    }

    private inline fun <T> occupied(
        by: String,
        body: () -> T,
    ): T {
        occupiedBy = by
        try {
            return body()
        } finally {
            occupiedBy = null
        }
    }

    private companion object {
        const val MOST_SENT_TOGETHER = 16 * 1024
    }
}
