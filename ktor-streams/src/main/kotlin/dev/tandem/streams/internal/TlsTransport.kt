package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.TimeoutException
import dev.tandem.streams.ClientCertificates
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.TlsSession
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
import javax.net.ssl.ExtendedSSLSession
import javax.net.ssl.SNIHostName
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLException
import javax.net.ssl.SSLParameters
import javax.net.ssl.SSLPeerUnverifiedException
import javax.net.ssl.SSLSession

/**
 * TLS over a socket, after the handshake. The queue and its water marks are those of [wire]: they count records.
 * Loop thread only.
 */
internal class TlsTransport private constructor(
    private val wire: SocketTransport,
    private val tls: TlsEngine,
    private val options: TlsOptions,
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
        ownFailure?.let { throw it }
    }

    override fun onClosed(action: () -> Unit) {
        wire.onClosed(action)
    }

    override fun toString(): String = "$wire, ${tls.session.protocol}"

    private fun fail(reason: IOException): IOException {
        if (ownFailure == null) ownFailure = reason
        closed = true
        // The engine has an alert for the peer, if the peer is to blame.
        sayLastWords { tls.wrapHandshake() }
        wire.close()
        return reason
    }

    companion object {
        private val NOTHING = ByteArray(0)

        /** Makes this side the client on [wire], which is connected to [host]. Closes [wire] if that fails. */
        suspend fun toServer(
            wire: SocketTransport,
            options: TlsOptions,
            host: String,
            early: ByteArray = NOTHING,
        ): TlsTransport {
            val name = (options.serverName ?: host).removeSuffix(".")
            return shakeHands(wire, options, name, early) { clientEngine(options, name, wire.remoteAddress) }
        }

        /** Makes this side the server on [wire]. Closes [wire] if that fails. */
        suspend fun toClient(
            wire: SocketTransport,
            options: TlsOptions,
            early: ByteArray = NOTHING,
        ): TlsTransport = shakeHands(wire, options, null, early) { serverEngine(options) }

        private suspend fun shakeHands(
            wire: SocketTransport,
            options: TlsOptions,
            name: String?,
            early: ByteArray,
            makeEngine: () -> SSLEngine,
        ): TlsTransport {
            prepare(wire, options, isServer = name == null)
            var tls: TlsEngine? = null
            try {
                return timeout(options.handshakeTimeout) {
                    val begunAt = System.currentTimeMillis()
                    val shaking = TlsEngine(makeEngine(), wire, LoopStreams.of(wire.loop)).also { tls = it }
                    shaking.begin(early)
                    shakeHands(shaking, wire)
                    if (options.tlsContext.checksValidity) checkValidity(shaking)
                    TlsTransport(wire, shaking, options, begunAt)
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

        private suspend fun prepare(
            wire: SocketTransport,
            options: TlsOptions,
            isServer: Boolean,
        ) {
            try {
                options.prepare(wire.loop, isServer)
            } catch (e: Throwable) {
                wire.abort()
                throw e
            }
        }

        private suspend fun shakeHands(
            tls: TlsEngine,
            wire: SocketTransport,
        ) {
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
            peerCertificates(tls.session).firstOrNull()?.checkValidity()
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

        private fun peerCertificates(session: SSLSession): List<X509Certificate> =
            try {
                session.peerCertificates.map { it as X509Certificate }
            } catch (_: SSLPeerUnverifiedException) {
                emptyList()
            }

        private fun clientEngine(
            options: TlsOptions,
            name: String,
            address: SocketAddress?,
        ): SSLEngine {
            val engine = options.context.createSSLEngine(name, (address as? InetSocketAddress)?.port ?: -1)
            engine.useClientMode = true
            val parameters = parameters(engine, options)
            if (options.verifiesHostName) parameters.endpointIdentificationAlgorithm = "HTTPS"
            sniName(name)?.let { parameters.serverNames = listOf(it) }
            engine.sslParameters = parameters
            return engine
        }

        private fun serverEngine(options: TlsOptions): SSLEngine {
            val engine = options.context.createSSLEngine()
            engine.useClientMode = false
            val parameters = parameters(engine, options)
            options.tlsContext.nameMatcher()?.let { parameters.sniMatchers = listOf(it) }
            when (options.clientCertificates) {
                ClientCertificates.NONE -> Unit
                ClientCertificates.WANTED -> parameters.wantClientAuth = true
                ClientCertificates.REQUIRED -> parameters.needClientAuth = true
            }
            engine.sslParameters = parameters
            return engine
        }

        private fun parameters(
            engine: SSLEngine,
            options: TlsOptions,
        ): SSLParameters {
            val parameters = engine.sslParameters
            parameters.protocols = options.protocols.toTypedArray()
            parameters.applicationProtocols = options.applicationProtocols.toTypedArray()
            options.cipherSuites?.let {
                parameters.cipherSuites = it.toTypedArray()
                parameters.useCipherSuitesOrder = true
            }
            return parameters
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
