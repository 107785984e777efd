package dev.tandem.streams.internal

import dev.tandem.ExceptionContext
import dev.tandem.Future
import dev.tandem.streams.BaseProtocol
import dev.tandem.streams.BufferedProtocol
import dev.tandem.streams.Protocol
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.TlsSession
import dev.tandem.streams.Transport
import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer

/**
 * Drives a protocol from the same [StreamTransport] that a stream uses: writes with its writer, and pushes what its reader
 * would pull. Loop thread only.
 *
 * Order, as in asyncio: `connectionMade` in the pass after [start], reading begins after it, then who has made the
 * connection goes on; `connectionLost` comes in a pass after the one in which the connection was closed.
 */
internal class ProtocolTransport(
    private val writer: StreamWriter,
    override var protocol: BaseProtocol,
) : Transport {
    /** The socket, then TLS over it after [startTls]. */
    private val wire get() = writer.transport
    private val loop = wire.loop
    private var isPaused = false

    /** Whether a read is due although the socket may have nothing. */
    private var isReadDue = false
    private var hasEnded = false
    private var isLost = false

    /** Whether the handshake of [startTls] is under way: it reads and writes by itself then. */
    private var isShakingHands = false

    private var isHandingOver = false
    private var isAboveMark = false
    private var isPauseTold = false

    /** Whether this side has closed during the handshake, which is no failure then. */
    private var hasGivenUp = false

    /** What has ended the connection: a function of the protocol threw it, or the handshake of [startTls]. */
    private var fatal: Throwable? = null

    override val localAddress: SocketAddress? get() = writer.localAddress
    override val remoteAddress: SocketAddress? get() = writer.remoteAddress
    override val tls: TlsSession? get() = writer.tls

    /** Returns a future that is done once the protocol has its connection and reading has begun. */
    fun start(): Future<Unit> {
        val begun = loop.createFuture<Unit>()
        wire.onWaterMark(::onWaterMark)
        wire.onClosed(::onClosed)
        loop.callSoon { protocol.connectionMade(this) }
        loop.callSoon { if (isReading()) startReading() }
        loop.callSoon { begun.complete(Unit) }
        return begun
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    override fun isReading(): Boolean = !isPaused && !isShakingHands && !wire.isClosing

    override fun pauseReading() {
        loop.checkThread("pauseReading")
        if (!isReading()) return
        isPaused = true
        wire.unwatch()
    }

    override fun resumeReading() {
        loop.checkThread("resumeReading")
        if (!isPaused || wire.isClosing) return
        isPaused = false
        if (!hasEnded && !isShakingHands) startReading()
    }

    private fun startReading() {
        wire.watch(::onReadable)
        readOnLater()
    }

    private fun onReadable() {
        if (isReading() && !hasEnded) readOnce() else wire.unwatch()
    }

    private fun readOnce() {
        val receiver = protocol
        if (receiver is BufferedProtocol) receiveInto(receiver) else receive(receiver as Protocol)
        if (isReading() && !hasEnded) readOnLater()
    }

    /** What TLS has received already is there without the socket having anything. */
    private fun readOnLater() {
        if (isReadDue || !wire.holdsData) return
        isReadDue = true
        loop.callSoon {
            isReadDue = false
            if (isReading() && !hasEnded) readOnce()
        }
    }

    private fun receive(receiver: Protocol) {
        val arrivals = wire.arrivals
        arrivals.clear()
        val count = read(arrivals)
        if (count < 0) return receiveEnd()
        if (count == 0) return
        val data = ByteArray(count)
        arrivals.flip().get(data)
        guarded("dataReceived") { receiver.dataReceived(data) }
    }

    private fun receiveInto(receiver: BufferedProtocol) {
        val target = guarded("getBuffer") { receiver.getBuffer(-1).also(::checkRoom) } ?: return
        val count = read(target)
        if (count < 0) return receiveEnd()
        if (count > 0) guarded("bufferUpdated") { receiver.bufferUpdated(count) }
    }

    private fun checkRoom(buffer: ByteBuffer) {
        check(buffer.hasRemaining()) { "getBuffer() returned a buffer without room." }
        check(!buffer.isReadOnly) { "getBuffer() returned a read-only buffer." }
    }

    /** Returns 0 if the connection is lost, too: [wire] has closed itself then. */
    private fun read(target: ByteBuffer): Int =
        try {
            wire.read(target)
        } catch (_: IOException) {
            0
        }

    private fun receiveEnd() {
        // A connection that this side closes meanwhile looks ended as well.
        if (wire.isClosing) return
        hasEnded = true
        wire.unwatch()
        val staysOpen = guarded("eofReceived") { protocol.eofReceived() } ?: return
        // TLS could not announce an end of its own without closing.
        if (!staysOpen || !wire.canWriteEof) close()
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    override fun write(data: ByteArray): Unit = handOver { writer.write(data) }

    override fun write(data: ByteBuffer): Unit = handOver { writer.write(data) }

    override fun writeLines(lines: Iterable<ByteArray>): Unit = handOver { writer.writeLines(lines) }

    override fun canWriteEof(): Boolean = writer.canWriteEof()

    override fun writeEof() {
        checkWritable()
        writer.writeEof()
    }

    override fun writeBufferSize(): Int = writer.writeBufferSize()

    override fun setWriteBufferLimits(
        high: Int,
        low: Int,
    ) {
        writer.setWriteBufferLimits(high, low)
    }

    override fun <T> getOption(option: SocketOption<T>): T? = writer.getOption(option)

    override fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    ) {
        writer.setOption(option, value)
    }

    private fun checkWritable() {
        check(!isShakingHands) {
            "write() during startTls(): await that first, so that nothing goes out as plain text."
        }
    }

    /** Tells the protocol of the marks after [write] only: what it then writes, or its close, must not get in between. */
    private inline fun handOver(write: () -> Unit) {
        checkWritable()
        isHandingOver = true
        try {
            write()
        } finally {
            isHandingOver = false
            tellWriting()
        }
    }

    private fun onWaterMark(isAbove: Boolean) {
        isAboveMark = isAbove
        if (!isHandingOver) tellWriting()
    }

    private fun tellWriting() {
        if (isAboveMark == isPauseTold) return
        isPauseTold = isAboveMark
        val name = if (isAboveMark) "pauseWriting" else "resumeWriting"
        try {
            if (isAboveMark) protocol.pauseWriting() else protocol.resumeWriting()
        } catch (e: Throwable) {
            report("$name() of $protocol failed", e)
        }
    }

    // ---- TLS ------------------------------------------------------------------------------------------------------

    suspend fun startTls(
        successor: BaseProtocol,
        options: TlsOptions,
        serverName: String?,
        serverSide: Boolean?,
    ) {
        check(!isShakingHands) { "startTls(): the handshake on $this has begun already." }
        check(!hasEnded) { "startTls(): the peer has ended the connection; $this only writes." }
        val predecessor = protocol
        if (isReading()) wire.unwatch()
        isShakingHands = true
        protocol = successor
        try {
            writer.startTls(options, serverName, serverSide)
            isPaused = false
        } catch (e: Throwable) {
            // Refused without an attempt, it leaves everything as it was.
            if (!wire.isClosing) protocol = predecessor
            if (wire.isClosing && !hasGivenUp && e is IOException) fatal = e
            throw e
        } finally {
            isShakingHands = false
            if (isReading()) startReading()
        }
    }

    // ---- closing --------------------------------------------------------------------------------------------------

    override fun isClosing(): Boolean = wire.isClosing

    override fun close() {
        loop.checkThread("close")
        if (wire.isClosing) return
        if (isShakingHands) hasGivenUp = true else wire.unwatch()
        writer.close()
    }

    override fun abort() {
        loop.checkThread("abort")
        if (isShakingHands) hasGivenUp = true
        writer.abort()
    }

    private fun onClosed() {
        isLost = true
        // After the loop itself was closed there is nobody left to tell.
        if (!loop.isClosed) loop.callSoon { protocol.connectionLost(fatal ?: wire.failure) }
    }

    /** Returns what [call], of the protocol, returns; null if it failed, and with it the connection. */
    private inline fun <T : Any> guarded(
        name: String,
        call: () -> T,
    ): T? =
        try {
            call()
        } catch (e: Throwable) {
            // As in asyncio: who passes on an IOException has told connectionLost all there is to say.
            if (e !is IOException) report("Fatal error: $name() of $protocol failed", e)
            if (!isLost) fatal = e
            wire.abort()
            null
        }

    private fun report(
        message: String,
        reason: Throwable,
    ) {
        loop.callExceptionHandler(ExceptionContext("$message, on $this", reason))
    }

    override fun toString(): String = "Transport(${writer.describe()})"
}
