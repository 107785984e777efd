package dev.tandem.streams.internal

import dev.tandem.TimeoutException
import dev.tandem.streams.ClientCertificates
import dev.tandem.streams.TlsOptions
import dev.tandem.timeout
import java.io.IOException
import java.net.InetSocketAddress
import java.net.SocketTimeoutException
import java.security.cert.CertificateException
import javax.net.ssl.SNIHostName
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLException
import javax.net.ssl.SSLParameters

/**
 * Makes this side the client on [wire], which is connected to [host]; [early] is what was received of the handshake
 * already. Closes [wire] if that fails.
 */
internal suspend fun shakeHandsWithServer(
    wire: SocketTransport,
    options: TlsOptions,
    host: String,
    early: ByteArray = NOTHING,
): TlsTransport {
    val name = (options.serverName ?: host).removeSuffix(".")
    return TlsHandshake(wire, options, name) { clientEngine(options, name, wire) }.run(early)
}

/** Makes this side the server on [wire]. Closes [wire] if that fails. */
internal suspend fun shakeHandsWithClient(
    wire: SocketTransport,
    options: TlsOptions,
    early: ByteArray = NOTHING,
): TlsTransport = TlsHandshake(wire, options, null) { serverEngine(options) }.run(early)

/**
 * What makes a [TlsTransport] of a [wire]: steps of the engine, waits for the peer, and tasks on other threads. It ends
 * with a peer that is verified, or with [wire] closed. Loop thread only.
 */
private class TlsHandshake(
    private val wire: SocketTransport,
    private val options: TlsOptions,
    /** Whom a client expects; null for a server. */
    private val name: String?,
    private val makeEngine: () -> SSLEngine,
) {
    /** Null until the files of [options] were read. */
    private var tls: TlsEngine? = null

    suspend fun run(early: ByteArray): TlsTransport {
        try {
            options.prepare(wire.loop, isServer = name == null)
            return timeout(options.handshakeTimeout) { agree(early) }
        } catch (e: TimeoutException) {
            wire.abort()
            val limit = options.handshakeTimeout
            val late = SocketTimeoutException("The TLS handshake with ${wire.peer} was not over after $limit")
            throw late.apply { initCause(e) }
        } catch (e: IOException) {
            throw failed(e)
        } catch (e: CertificateException) {
            throw failed(e)
        } catch (e: Throwable) {
            wire.abort()
            throw e
        }
    }

    private suspend fun agree(early: ByteArray): TlsTransport {
        val begunAt = System.currentTimeMillis()
        val tls = TlsEngine(makeEngine(), wire, LoopStreams.of(wire.loop))
        this.tls = tls
        tls.begin(early)
        while (true) {
            when (tls.step()) {
                TlsEngine.Progress.GOES_ON -> Unit
                TlsEngine.Progress.NEEDS_TASKS -> wire.loop.runInExecutor(null) { tls.runTasks() }.await()
                TlsEngine.Progress.NEEDS_BYTES -> wire.awaitReadable()
                TlsEngine.Progress.DONE -> break
            }
            if (tls.isFarewellReceived) throw EndOfWireException()
        }
        if (options.tlsContext.checksValidity) peerCertificates(tls.session).firstOrNull()?.checkValidity()
        return TlsTransport(wire, tls, options, begunAt)
    }

    /** Takes leave of the peer, and returns what to tell the caller. */
    private fun failed(reason: Exception): Exception {
        val tls = tls
        if (reason is SSLException) {
            tls?.sendAlert()
        } else if (reason is CertificateException) {
            tls?.sayFarewell()
        }
        wire.close()
        // Before there is an engine, only a file can be wrong; that is told already.
        return if (tls == null) reason else explainHandshakeFailure(reason, wire.peer, name)
    }
}

private fun clientEngine(
    options: TlsOptions,
    name: String,
    wire: SocketTransport,
): SSLEngine {
    val engine = options.context.createSSLEngine(name, (wire.remoteAddress as? InetSocketAddress)?.port ?: -1)
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

private val NOTHING = ByteArray(0)
