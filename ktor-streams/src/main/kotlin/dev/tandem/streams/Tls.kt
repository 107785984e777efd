package dev.tandem.streams

import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.X509Certificate
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/**
 * How to use TLS: whom to trust, who to be, and how long to wait. TLS 1.3 and 1.2.
 *
 * A client verifies the server's certificate and that it is made out to the host it connects to. Options are never
 * changed: each `with...` returns a copy.
 *
 * **Threading.** Any thread. **Python.** The `ssl`, `server_hostname` and `ssl_..._timeout` arguments.
 *
 * ```
 * openConnection("example.org", 443, ssl = TlsOptions())
 * openConnection("localhost", port, ssl = TlsOptions.trusting(certificate))
 * startServer("localhost", port, ssl = TlsOptions.identifiedBy(key, certificate)) { reader, writer -> ... }
 * ```
 */
public class TlsOptions private constructor(
    private val givenContext: Lazy<SSLContext>,
    internal val serverName: String? = null,
    internal val verifiesHostName: Boolean = true,
    /** Whether to reject a certificate that is trusted by itself but has expired; the JDK does not look then. */
    internal val checksValidity: Boolean = false,
    internal val protocols: List<String> = listOf("TLSv1.3", "TLSv1.2"),
    internal val handshakeTimeout: Duration = 60.seconds,
    internal val shutdownTimeout: Duration = 30.seconds,
) {
    /** Trusts whom the JVM trusts (`SSLContext.getDefault()`). */
    public constructor() : this(lazy { SSLContext.getDefault() }, checksValidity = true)

    /** Leaves trust and identity to [context]. */
    public constructor(context: SSLContext) : this(lazyOf(context))

    /** Made at its first use, which reads files: not on the loop thread. */
    internal val context: SSLContext get() = givenContext.value

    /** Client: the name to ask the server for and to verify, in place of the host that is connected to. */
    public fun withServerName(name: String): TlsOptions = copy(serverName = name)

    /** Client: takes a certificate made out to any name. It must still come from somebody trusted. */
    public fun withoutHostNameVerification(): TlsOptions = copy(verifiesHostName = false)

    /** Offers, or accepts, only [protocols], under the JDK's names: `TLSv1.3`, `TLSv1.2`. */
    public fun withProtocols(vararg protocols: String): TlsOptions {
        require(protocols.isNotEmpty()) { "At least one protocol is needed." }
        return copy(protocols = protocols.toList())
    }

    /** How long the handshake may take; 60 seconds at first. */
    public fun withHandshakeTimeout(limit: Duration): TlsOptions {
        require(limit.isPositive()) { "The time limit of a handshake must be positive, not $limit." }
        return copy(handshakeTimeout = limit)
    }

    /** For Java. */
    public fun withHandshakeTimeout(limit: java.time.Duration): TlsOptions =
        withHandshakeTimeout(limit.toKotlinDuration())

    /** How long a closed stream waits for the peer's farewell; 30 seconds at first, zero does not wait. */
    public fun withShutdownTimeout(limit: Duration): TlsOptions {
        require(!limit.isNegative()) { "The time limit of a shutdown must not be negative: $limit." }
        return copy(shutdownTimeout = limit)
    }

    /** For Java. */
    public fun withShutdownTimeout(limit: java.time.Duration): TlsOptions =
        withShutdownTimeout(limit.toKotlinDuration())

    override fun toString(): String = "TlsOptions(${protocols.joinToString()})"

    private fun copy(
        serverName: String? = this.serverName,
        verifiesHostName: Boolean = this.verifiesHostName,
        protocols: List<String> = this.protocols,
        handshakeTimeout: Duration = this.handshakeTimeout,
        shutdownTimeout: Duration = this.shutdownTimeout,
    ) = TlsOptions(
        givenContext,
        serverName,
        verifiesHostName,
        checksValidity,
        protocols,
        handshakeTimeout,
        shutdownTimeout,
    )

    public companion object {
        /** Client: trusts [certificates] and what they have issued, and nobody else. */
        @JvmStatic
        public fun trusting(vararg certificates: X509Certificate): TlsOptions {
            require(certificates.isNotEmpty()) { "At least one certificate to trust is needed." }
            val store = emptyKeyStore()
            certificates.forEachIndexed { i, certificate -> store.setCertificateEntry("trusted-$i", certificate) }
            return trusting(store)
        }

        /** Client: trusts the certificates in [store], and nobody else. */
        @JvmStatic
        public fun trusting(store: KeyStore): TlsOptions =
            TlsOptions(
                lazy {
                    val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
                    trust.init(store)
                    SSLContext.getInstance("TLS").apply { init(null, trust.trustManagers, null) }
                },
                checksValidity = true,
            )

        /** Server: proves who it is with [key] and its certificate, the first of [chain]; its issuers may follow. */
        @JvmStatic
        public fun identifiedBy(
            key: PrivateKey,
            vararg chain: X509Certificate,
        ): TlsOptions {
            require(chain.isNotEmpty()) { "A key without a certificate proves nothing." }
            val store = emptyKeyStore()
            store.setKeyEntry("identity", key, NO_PASSWORD, chain)
            return identifiedBy(store, NO_PASSWORD)
        }

        /** Server: proves who it is with a key from [store], which [password] opens. */
        @JvmStatic
        public fun identifiedBy(
            store: KeyStore,
            password: CharArray,
        ): TlsOptions =
            TlsOptions(
                lazy {
                    val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
                    keys.init(store, password)
                    SSLContext.getInstance("TLS").apply { init(keys.keyManagers, null, null) }
                },
            )

        private val NO_PASSWORD = CharArray(0)

        private fun emptyKeyStore(): KeyStore =
            KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null, null) }
    }
}
