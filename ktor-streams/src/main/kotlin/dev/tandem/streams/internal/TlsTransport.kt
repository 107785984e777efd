package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.sleep
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.TlsSession
import dev.tandem.streams.TruncatedStreamException
import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer
import java.security.cert.X509Certificate
import javax.net.ssl.ExtendedSSLSession
import javax.net.ssl.SSLException
import javax.net.ssl.SSLPeerUnverifiedException
import javax.net.ssl.SSLSession
import kotlin.time.Duration

/**
 * TLS over a socket, after the handshake. The queue and its water marks are those of [wire]: they count records.
 * Loop thread only.
 */
internal class TlsTransport(
    private val wire: SocketTransport,
    private val tls: TlsEngine,
    private val options: TlsOptions,
    /** When the handshake began, in milliseconds of the epoch. */
    private val begunAt: Long,
) : StreamTransport {
    /** What was agreed upon in the handshake. */
    val session: TlsSession by lazy(LazyThreadSafetyMode.NONE) { sessionOf(tls, begunAt) }

    private var ownFailure: IOException? = null
    private var closed = false
    private var isReadWaiting = false

    override val loop: EventLoop get() = wire.loop
    override val peer: String get() = wire.peer
    override val arrivals: ByteBuffer get() = wire.arrivals
    override val localAddress: SocketAddress? get() = wire.localAddress
    override val remoteAddress: SocketAddress? get() = wire.remoteAddress
    override val isClosing: Boolean get() = closed || wire.isClosing
    override val queuedBytes: Int get() = wire.queuedBytes
    override val canWriteEof: Boolean get() = false
    override val failure: IOException? get() = ownFailure ?: wire.failure
    override val holdsData: Boolean get() = !closed && tls.holdsData

    override fun read(target: ByteBuffer): Int {
        ownFailure?.let { throw it }
        if (closed) return -1
        val start = target.position()
        try {
            return tls.read(target)
        } catch (_: EndOfWireException) {
            throw fail(
                TruncatedStreamException(
                    "$peer ended the connection without the farewell of TLS (close_notify): the data may be cut off",
                ),
            )
        } catch (e: SSLException) {
            val failure = fail(explainTlsFailure(e, peer))
            // What came before is genuine. The next read tells how it ended.
            return (target.position() - start).takeIf { it > 0 } ?: throw failure
        }
    }

    override suspend fun awaitReadable() {
        isReadWaiting = true
        try {
            // A reader that only gives others a turn: the wire may never have anything again.
            if (holdsData) sleep(Duration.ZERO) else wire.awaitReadable()
        } finally {
            isReadWaiting = false
        }
    }

    override fun watch(action: () -> Unit) {
        wire.watch(action)
    }

    override fun unwatch() {
        wire.unwatch()
    }

    override fun onWaterMark(action: (Boolean) -> Unit) {
        wire.onWaterMark(action)
    }

    override fun write(
        source: ByteArray,
        offset: Int,
        length: Int,
    ) {
        write(ByteBuffer.wrap(source, offset, length))
    }

    override fun write(source: ByteBuffer) {
        if (isClosing) {
            source.position(source.limit())
            return
        }
        try {
            if (!tls.write(source)) fail(ConnectionResetException("$peer has ended the TLS connection"))
        } catch (e: SSLException) {
            fail(explainTlsFailure(e, peer))
        }
    }

    override fun setWaterMarks(
        high: Int,
        low: Int,
    ) {
        wire.setWaterMarks(high, low)
    }

    override fun <T> getOption(option: SocketOption<T>): T? = wire.getOption(option)

    override fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    ) {
        wire.setOption(option, value)
    }

    override suspend fun drain() {
        ownFailure?.let { throw it }
        wire.drain()
    }

    override fun writeEof(): Unit =
        throw UnsupportedOperationException("writeEof(): TLS ends a stream in both directions at once. Use close().")

    /**
     * Says farewell and waits for the peer's, unless that is here already. A task that waits to read is not made to
     * wait on: it gets the end of the stream at once.
     */
    override fun close() {
        if (closed) return
        closed = true
        if (wire.isClosing) return
        tls.sayFarewell()
        val limit = options.shutdownTimeout
        if (tls.isFarewellReceived || isReadWaiting || !limit.isPositive()) wire.close() else wire.closeAfterPeer(limit)
    }

    override fun abort() {
        closed = true
        wire.abort()
    }

    override suspend fun waitClosed() {
        try {
            wire.waitClosed()
        } catch (e: IOException) {
            throw ownFailure ?: e
        }
        ownFailure?.let { throw it }
    }

    override fun onClosed(action: () -> Unit) {
        wire.onClosed(action)
    }

    override fun toString(): String = "$wire, ${tls.session.protocol}"

    private fun fail(reason: IOException): IOException {
        if (ownFailure == null) ownFailure = reason
        closed = true
        tls.sendAlert()
        // What is queued may never be read.
        if (wire.queuedBytes == 0) wire.close() else wire.closeAfterPeer(options.shutdownTimeout)
        return reason
    }
}

private fun sessionOf(
    tls: TlsEngine,
    begunAt: Long,
): TlsSession {
    val session = tls.session
    return TlsSession(
        session.protocol,
        session.cipherSuite,
        tls.applicationProtocol,
        peerCertificates(session),
        requestedHost(session as? ExtendedSSLSession),
        isResumed = session.creationTime < begunAt,
    )
}

internal fun peerCertificates(session: SSLSession): List<X509Certificate> =
    try {
        session.peerCertificates.map { it as X509Certificate }
    } catch (_: SSLPeerUnverifiedException) {
        emptyList()
    }
