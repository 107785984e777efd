package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.TimeoutException
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.TruncatedStreamException
import dev.tandem.timeout
import java.io.IOException
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.net.SocketOption
import java.net.SocketTimeoutException
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.security.cert.CertificateException
import java.security.cert.X509Certificate
import javax.net.ssl.SNIHostName
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLException

/**
 * TLS over a socket, after the handshake. The queue and its water marks are those of [wire]: they count records.
 * Loop thread only.
 */
internal class TlsTransport private constructor(
    private val wire: SocketTransport,
    private val tls: TlsEngine,
    private val options: TlsOptions,
) : StreamTransport {
    private var failure: IOException? = null
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

    override fun read(target: ByteBuffer): Int {
        failure?.let { throw it }
        if (closed) return -1
        try {
            return tls.read(target)
        } catch (_: EndOfWireException) {
            throw fail(
                TruncatedStreamException(
                    "$peer ended the connection without the farewell of TLS (close_notify): the data may be cut off",
                ),
            )
        } catch (e: SSLException) {
            throw fail(SSLException("The TLS connection to $peer failed: ${e.message}", e))
        }
    }

    override suspend fun awaitReadable() {
        isReadWaiting = true
        try {
            wire.awaitReadable()
        } finally {
            isReadWaiting = false
        }
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
            fail(SSLException("The TLS connection to $peer failed: ${e.message}", e))
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
        failure?.let { throw it }
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
        sayLastWords { tls.sayFarewell() }
        val limit = options.shutdownTimeout
        if (tls.isFarewellReceived || isReadWaiting || !limit.isPositive()) wire.close() else wire.closeAfterPeer(limit)
    }

    override fun abort() {
        closed = true
        wire.abort()
    }

    override suspend fun waitClosed() {
        wire.waitClosed()
        failure?.let { throw it }
    }

    override fun onClosed(action: () -> Unit) {
        wire.onClosed(action)
    }

    override fun toString(): String = "$wire, ${tls.session.protocol}"

    private fun fail(reason: IOException): IOException {
        if (failure == null) failure = reason
        closed = true
        // The engine has an alert for the peer, if the peer is to blame.
        sayLastWords { tls.wrapHandshake() }
        wire.close()
        return reason
    }

    companion object {
        /** Makes this side the client on [wire], which is connected to [host]. Closes [wire] if that fails. */
        suspend fun toServer(
            wire: SocketTransport,
            options: TlsOptions,
            host: String,
        ): TlsTransport {
            val name = (options.serverName ?: host).removeSuffix(".")
            return shakeHands(wire, options, name) { clientEngine(options, name, wire.remoteAddress) }
        }

        /** Makes this side the server on [wire]. Closes [wire] if that fails. */
        suspend fun toClient(
            wire: SocketTransport,
            options: TlsOptions,
        ): TlsTransport = shakeHands(wire, options, null) { serverEngine(options) }

        private suspend fun shakeHands(
            wire: SocketTransport,
            options: TlsOptions,
            name: String?,
            makeEngine: () -> SSLEngine,
        ): TlsTransport {
            var tls: TlsEngine? = null
            try {
                return timeout(options.handshakeTimeout) {
                    // The first engine of a process loads providers and trusted certificates: not on the loop.
                    val engine = wire.loop.runInExecutor(null) { makeEngine() }.await()
                    val shaking = TlsEngine(engine, wire, LoopStreams.of(wire.loop)).also { tls = it }
                    shakeHands(shaking, wire)
                    if (options.checksValidity && shaking.isClient) checkValidity(shaking)
                    TlsTransport(wire, shaking, options)
                }
            } catch (e: TimeoutException) {
                wire.abort()
                val limit = options.handshakeTimeout
                val late = SocketTimeoutException("The TLS handshake with ${wire.peer} was not over after $limit")
                throw late.apply { initCause(e) }
            } catch (e: IOException) {
                sayLastWords { if (e is SSLException) tls?.wrapHandshake() }
                wire.close()
                throw explainHandshakeFailure(e, wire.peer, name)
            } catch (e: CertificateException) {
                sayLastWords { tls?.sayFarewell() }
                wire.close()
                throw explainHandshakeFailure(e, wire.peer, name)
            } catch (e: Throwable) {
                wire.abort()
                throw e
            }
        }

        private suspend fun shakeHands(
            tls: TlsEngine,
            wire: SocketTransport,
        ) {
            tls.begin()
            while (true) {
                when (tls.step()) {
                    TlsEngine.Progress.GOES_ON -> Unit
                    TlsEngine.Progress.NEEDS_TASKS -> wire.loop.runInExecutor(null) { tls.runTasks() }.await()
                    TlsEngine.Progress.NEEDS_BYTES -> wire.awaitReadable()
                    TlsEngine.Progress.DONE -> break
                }
                if (tls.isFarewellReceived) throw EndOfWireException()
            }
        }

        private fun checkValidity(tls: TlsEngine) {
            (tls.session.peerCertificates.first() as? X509Certificate)?.checkValidity()
        }

        private fun clientEngine(
            options: TlsOptions,
            name: String,
            address: SocketAddress?,
        ): SSLEngine {
            val engine = options.context.createSSLEngine(name, (address as? InetSocketAddress)?.port ?: -1)
            engine.useClientMode = true
            val parameters = engine.sslParameters
            parameters.protocols = options.protocols.toTypedArray()
            if (options.verifiesHostName) parameters.endpointIdentificationAlgorithm = "HTTPS"
            sniName(name)?.let { parameters.serverNames = listOf(it) }
            engine.sslParameters = parameters
            return engine
        }

        private fun serverEngine(options: TlsOptions): SSLEngine {
            val engine = options.context.createSSLEngine()
            engine.useClientMode = false
            engine.enabledProtocols = options.protocols.toTypedArray()
            return engine
        }

        /** Only names are sent, no addresses; nor what may be a host's name but not one of a certificate. */
        private fun sniName(name: String): SNIHostName? =
            if (isLiteral(name)) {
                null
            } else {
                try {
                    SNIHostName(name)
                } catch (_: IllegalArgumentException) {
                    null
                }
            }

        /** Runs [send], for a peer that may be gone or in no state to listen. */
        private inline fun sayLastWords(send: () -> Unit) {
            try {
                send()
            } catch (_: IOException) {
                // What matters is known already.
            }
        }
    }
}
