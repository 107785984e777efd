package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.toThread
import org.bouncycastle.crypto.util.PrivateKeyFactory
import org.bouncycastle.tls.AlertDescription
import org.bouncycastle.tls.CertificateEntry
import org.bouncycastle.tls.CertificateRequest
import org.bouncycastle.tls.ContentType
import org.bouncycastle.tls.DefaultTlsClient
import org.bouncycastle.tls.DefaultTlsServer
import org.bouncycastle.tls.HashAlgorithm
import org.bouncycastle.tls.ProtocolVersion
import org.bouncycastle.tls.SignatureAlgorithm
import org.bouncycastle.tls.SignatureAndHashAlgorithm
import org.bouncycastle.tls.TlsAuthentication
import org.bouncycastle.tls.TlsClientProtocol
import org.bouncycastle.tls.TlsCredentials
import org.bouncycastle.tls.TlsServerCertificate
import org.bouncycastle.tls.TlsServerProtocol
import org.bouncycastle.tls.crypto.TlsCryptoParameters
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto
import java.io.InputStream
import java.io.OutputStream
import java.net.Socket
import java.security.SecureRandom

/**
 * Bouncy Castle's TLS over a plain [socket], with its record layer in the test's hands: a peer may send any record, well
 * encrypted, that no program would. It blocks, so it is used on other threads only.
 */
internal class BouncyPeer(
    /** For bytes that are no record. */
    val socket: Socket,
    /** What our side has sent. */
    val input: InputStream,
    /** Data for our side. */
    val output: OutputStream,
    private val write: (type: Short, content: ByteArray) -> Unit,
    private val update: (andYours: Boolean) -> Unit,
) {
    /** Changes the keys of what this peer sends (TLS 1.3); with [andYours] it asks our side to do the same. */
    fun updateKeys(andYours: Boolean) = update(andYours)

    fun sendEmpty() = write(ContentType.application_data, ByteArray(0))

    fun sendAlert(
        level: Short,
        description: Short,
    ) = write(ContentType.alert, byteArrayOf(level.toByte(), description.toByte()))

    fun sendFarewell() = sendAlert(1, AlertDescription.close_notify)
}

/** Connects our client to a server of Bouncy Castle. */
internal suspend fun withBouncyServer(
    authority: Identity,
    protocol: String,
    options: TlsOptions = authority.trustOptions,
    body: suspend (Connection, BouncyPeer) -> Unit,
) {
    val connect: suspend (Int) -> Connection = { openConnection(LOOPBACK, it, options.withProtocols(protocol)) }
    connectToBouncyServer(authority, protocol, connect) { connection, peer -> connection.use { body(it, peer) } }
}

/** Has [connect] connect to the port of a server of Bouncy Castle. */
internal suspend fun <T> connectToBouncyServer(
    authority: Identity,
    protocol: String,
    connect: suspend (Int) -> T,
    body: suspend (T, BouncyPeer) -> Unit,
) {
    rawServer().use { door ->
        door.soTimeout = 20_000
        val connecting = createTask { connect(door.localPort) }
        toThread { door.accept() }.use { socket ->
            val server = BouncyServer(socket)
            toThread { server.accept(Serving(authority.issue(), version(protocol))) }
            body(connecting.await(), server.peer())
        }
    }
}

/** Connects a client of Bouncy Castle to [port]. */
internal suspend fun withBouncyClient(
    port: Int,
    protocol: String,
    body: suspend (BouncyPeer) -> Unit,
) {
    rawClient(port).use { socket ->
        val client = BouncyClient(socket)
        toThread { client.connect(Trusting(version(protocol))) }
        body(client.peer())
    }
}

private fun version(protocol: String) = if (protocol == "TLSv1.3") ProtocolVersion.TLSv13 else ProtocolVersion.TLSv12

private class BouncyServer(
    private val socket: Socket,
) : TlsServerProtocol(socket.getInputStream(), socket.getOutputStream()) {
    fun peer() = BouncyPeer(socket, inputStream, outputStream, ::write, ::send13KeyUpdate)

    private fun write(
        type: Short,
        content: ByteArray,
    ) = safeWriteRecord(type, content, 0, content.size)
}

private class BouncyClient(
    private val socket: Socket,
) : TlsClientProtocol(socket.getInputStream(), socket.getOutputStream()) {
    fun peer() = BouncyPeer(socket, inputStream, outputStream, ::write, ::send13KeyUpdate)

    private fun write(
        type: Short,
        content: ByteArray,
    ) = safeWriteRecord(type, content, 0, content.size)
}

private class Serving(
    private val identity: Identity,
    private val version: ProtocolVersion,
) : DefaultTlsServer(BcTlsCrypto(SecureRandom())) {
    override fun getSupportedVersions() = arrayOf(version)

    override fun getCredentials(): TlsCredentials {
        val certificate = crypto.createCertificate(identity.certificate.encoded)
        val chain =
            if (version == ProtocolVersion.TLSv13) {
                org.bouncycastle.tls.Certificate(ByteArray(0), arrayOf(CertificateEntry(certificate, null)))
            } else {
                org.bouncycastle.tls.Certificate(arrayOf(certificate))
            }
        return BcDefaultTlsCredentialedSigner(
            TlsCryptoParameters(context),
            crypto as BcTlsCrypto,
            PrivateKeyFactory.createKey(identity.keys.private.encoded),
            chain,
            SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa),
        )
    }
}

private class Trusting(
    private val version: ProtocolVersion,
) : DefaultTlsClient(BcTlsCrypto(SecureRandom())) {
    override fun getSupportedVersions() = arrayOf(version)

    override fun getAuthentication() =
        object : TlsAuthentication {
            override fun notifyServerCertificate(serverCertificate: TlsServerCertificate) = Unit

            override fun getClientCredentials(certificateRequest: CertificateRequest): TlsCredentials? = null
        }
}
