package dev.tandem.streams

import dev.tandem.EventLoop
import dev.tandem.streams.internal.Identities
import dev.tandem.streams.internal.TlsContext
import dev.tandem.streams.internal.Trust
import java.nio.file.Path
import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.X509Certificate
import java.util.function.Function
import javax.net.ssl.SSLContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/**
 * How to use TLS: whom to trust, who to be, and how long to wait. TLS 1.3 and 1.2.
 *
 * A client verifies the server's certificate and that it is made out to the host it connects to. Options are never
 * changed: each `with...` returns a copy. Files are read at the first use, on a thread of the loop's pool; what is
 * wrong with them fails that `openConnection`, `startServer` or `startTls` with a [PemException].
 *
 * **Resumption.** A client resumes the session of an earlier connection to the same host and port, if that was made
 * with the same options (or with a copy that differs in none but server name, protocols and times), and the server
 * agrees. So keep the options, instead of making new ones for each connection.
 *
 * **After the handshake.** Keys change whenever the peer asks for it (TLS 1.3). A client follows a server that negotiates
 * anew (TLS 1.2), as some do to ask for a certificate; a server refuses clients that do, as OpenSSL's servers. A peer
 * that sends nothing but such requests, or empty records, is an error, and so is a handshake without end.
 *
 * **Threading.** Any thread. **Python.** `ssl.SSLContext`, and the `server_hostname` and `ssl_..._timeout` arguments.
 *
 * ```
 * openConnection("example.org", 443, ssl = TlsOptions())
 * openConnection("localhost", port, ssl = TlsOptions.trusting(Path("ca.pem")))
 * startServer("localhost", port, ssl = TlsOptions.identifiedBy(TlsIdentity.fromPem(Path("site.pem")))) { ... }
 * ```
 */
public class TlsOptions private constructor(
    private val settings: Settings,
) {
    /** Trusts whom the JVM trusts (`SSLContext.getDefault()`). */
    public constructor() : this(Settings(TlsContext()))

    /** Leaves trust and identity to [context]. */
    public constructor(context: SSLContext) : this(Settings(TlsContext(context)))

    internal val tlsContext: TlsContext get() = settings.context
    internal val serverName: String? get() = settings.serverName
    internal val verifiesHostName: Boolean get() = settings.verifiesHostName
    internal val protocols: List<String> get() = settings.protocols
    internal val cipherSuites: List<String>? get() = settings.cipherSuites
    internal val applicationProtocols: List<String> get() = settings.applicationProtocols
    internal val clientCertificates: ClientCertificates get() = settings.clientCertificates
    internal val handshakeTimeout: Duration get() = settings.handshakeTimeout
    internal val shutdownTimeout: Duration get() = settings.shutdownTimeout

    /** Made at its first use, which reads files: not on the loop thread. */
    internal val context: SSLContext get() = settings.context.get()

    // ---- whom to trust, who to be ---------------------------------------------------------------------------------

    /** Trusts [certificates] and what they have issued, and nobody else, in place of whom was trusted before. */
    public fun withTrusted(vararg certificates: X509Certificate): TlsOptions = with(Trust.of(certificates.asList()))

    /** Trusts the certificates in a PEM file. **Python.** `load_verify_locations(cafile)`. */
    public fun withTrusted(file: Path): TlsOptions = with(Trust.of(file))

    /** Trusts the certificates in [store]. */
    public fun withTrusted(store: KeyStore): TlsOptions = with(Trust.of(store))

    /** Proves who this side is with [key] and its certificate, the first of [chain]; its issuers may follow. */
    public fun withIdentity(
        key: PrivateKey,
        vararg chain: X509Certificate,
    ): TlsOptions = withIdentities(TlsIdentity(key, *chain))

    /**
     * Proves who this side is with one of [identities], in place of those given before.
     *
     * A server shows the one that is made out to the name the client asks for (SNI); the first one if none is, or if
     * the client asks for none: [withUnknownNamesRefused] changes that. Of several for a name it takes the first whose
     * kind of key the client supports. A client shows the first one that the server accepts, and none if it accepts
     * none.
     */
    public fun withIdentities(vararg identities: TlsIdentity): TlsOptions {
        require(identities.isNotEmpty()) { "At least one identity is needed." }
        return copy(settings.context.with(Identities.Listed(identities.asList())))
    }

    /**
     * Server: shows the identity that [choose] gives for the name the client asks for, or for null if it asks for none.
     *
     * When [choose] gives null, the client is turned away: with the alert `unrecognized_name` if it asked for a name.
     * It is called on a thread of the loop's pool, more than once for a handshake; it should answer from memory.
     * **Python.** `SSLContext.sni_callback`.
     */
    public fun withIdentityChosenBy(choose: Function<String?, TlsIdentity?>): TlsOptions =
        copy(settings.context.with(Identities.Chosen(choose)))

    /** Server: turns away who asks for a name that no identity is made out to, with the alert `unrecognized_name`. */
    public fun withUnknownNamesRefused(): TlsOptions = copy(settings.context.withUnknownNamesRefused())

    /**
     * Server: asks clients for a certificate, which one of those given to [withTrusted] must have issued.
     *
     * A server that asks without having been told whom to trust does not start: those whom the JVM trusts vouch for web
     * sites, to anybody. **Python.** `SSLContext.verify_mode`.
     */
    public fun withClientCertificates(wanted: ClientCertificates): TlsOptions =
        change { it.copy(clientCertificates = wanted) }

    // ---- the handshake --------------------------------------------------------------------------------------------

    /** Client: the name to ask the server for and to verify, in place of the host that is connected to. */
    public fun withServerName(name: String): TlsOptions = change { it.copy(serverName = name) }

    /** Client: takes a certificate made out to any name. It must still come from somebody trusted. */
    public fun withoutHostNameVerification(): TlsOptions = change { it.copy(verifiesHostName = false) }

    /**
     * Offers [protocols] to the peer, the most wanted first, or chooses among those that the peer offers (ALPN,
     * RFC 7301): `h2`, `http/1.1`. [TlsSession.applicationProtocol] tells what was agreed upon.
     *
     * A server that supports none of those the client offers ends the handshake with the alert
     * `no_application_protocol`; if only one side uses ALPN, nothing is agreed upon. **Python.** `set_alpn_protocols`.
     */
    public fun withApplicationProtocols(vararg protocols: String): TlsOptions {
        protocols.forEach { require(it.length in 1..255) { "An ALPN protocol name has 1 to 255 bytes: '$it'." } }
        return change { it.copy(applicationProtocols = protocols.toList()) }
    }

    /** Offers, or accepts, only [protocols], under the JDK's names: `TLSv1.3`, `TLSv1.2`. Older ones are unsafe. */
    public fun withProtocols(vararg protocols: String): TlsOptions {
        require(protocols.isNotEmpty()) { "At least one protocol is needed." }
        val unknown = protocols.filter { it !in PROTOCOLS }
        require(unknown.isEmpty()) { "Only TLSv1.3 and TLSv1.2 are supported, not ${unknown.joinToString()}." }
        return change { it.copy(protocols = protocols.toList()) }
    }

    /**
     * Offers, or accepts, only [suites], under the JDK's names, such as `TLS_AES_128_GCM_SHA256`, the most wanted
     * first. A name that the JDK does not know fails the first use with an `IllegalArgumentException`.
     */
    public fun withCipherSuites(vararg suites: String): TlsOptions {
        require(suites.isNotEmpty()) { "At least one cipher suite is needed." }
        return change { it.copy(cipherSuites = suites.toList()) }
    }

    /** How long the handshake may take; 60 seconds at first. */
    public fun withHandshakeTimeout(limit: Duration): TlsOptions {
        require(limit.isPositive()) { "The time limit of a handshake must be positive, not $limit." }
        return change { it.copy(handshakeTimeout = limit) }
    }

    /** For Java. */
    public fun withHandshakeTimeout(limit: java.time.Duration): TlsOptions =
        withHandshakeTimeout(limit.toKotlinDuration())

    /**
     * How long a closed stream has for sending what is queued and for the peer's farewell; 30 seconds at first, zero does
     * not wait for the farewell. A peer that has not taken everything by then makes the close a failure, which
     * `waitClosed` throws.
     */
    public fun withShutdownTimeout(limit: Duration): TlsOptions {
        require(!limit.isNegative()) { "The time limit of a shutdown must not be negative: $limit." }
        return change { it.copy(shutdownTimeout = limit) }
    }

    /** For Java. */
    public fun withShutdownTimeout(limit: java.time.Duration): TlsOptions =
        withShutdownTimeout(limit.toKotlinDuration())

    /** Tells the settings, but nothing of keys or passwords. */
    override fun toString(): String {
        val alpn = if (applicationProtocols.isEmpty()) "" else ", ALPN ${applicationProtocols.joinToString("/")}"
        return "TlsOptions(${protocols.joinToString()}, ${settings.context}$alpn)"
    }

    /** Reads what must be read, off the loop, so that what is wrong with it is told at once. */
    internal suspend fun prepare(
        loop: EventLoop,
        isServer: Boolean,
    ) {
        if (isServer) tlsContext.checkServes(clientCertificates)
        // The first engine of a process loads providers and classes, too.
        if (!tlsContext.isReady) loop.runInExecutor(null) { tlsContext.get().createSSLEngine() }.await()
        cipherSuites?.let { tlsContext.checkCipherSuites(it) }
    }

    private fun with(trust: Trust) = copy(settings.context.with(trust))

    private fun copy(context: TlsContext) = change { it.copy(context = context) }

    private inline fun change(how: (Settings) -> Settings) = TlsOptions(how(settings))

    private data class Settings(
        val context: TlsContext,
        val serverName: String? = null,
        val verifiesHostName: Boolean = true,
        val protocols: List<String> = PROTOCOLS,
        val cipherSuites: List<String>? = null,
        val applicationProtocols: List<String> = emptyList(),
        val clientCertificates: ClientCertificates = ClientCertificates.NONE,
        val handshakeTimeout: Duration = 60.seconds,
        val shutdownTimeout: Duration = 30.seconds,
    )

    /** Short forms of `TlsOptions().with...`, to begin with. */
    public companion object {
        private val PROTOCOLS = listOf("TLSv1.3", "TLSv1.2")

        /** Trusts [certificates] and what they have issued, and nobody else; see [withTrusted]. */
        @JvmStatic
        public fun trusting(vararg certificates: X509Certificate): TlsOptions = TlsOptions().withTrusted(*certificates)

        /** Trusts the certificates in a PEM file, and nobody else; see [withTrusted]. */
        @JvmStatic
        public fun trusting(file: Path): TlsOptions = TlsOptions().withTrusted(file)

        /** Trusts the certificates in [store], and nobody else; see [withTrusted]. */
        @JvmStatic
        public fun trusting(store: KeyStore): TlsOptions = TlsOptions().withTrusted(store)

        /** Proves who this side is with one of [identities]; see [withIdentities]. */
        @JvmStatic
        public fun identifiedBy(vararg identities: TlsIdentity): TlsOptions = TlsOptions().withIdentities(*identities)

        /** Proves who this side is with [key] and [chain]; see [withIdentity]. */
        @JvmStatic
        public fun identifiedBy(
            key: PrivateKey,
            vararg chain: X509Certificate,
        ): TlsOptions = TlsOptions().withIdentity(key, *chain)

        /** Proves who this side is with the key from [store] which [password] opens; see [TlsIdentity.fromKeyStore]. */
        @JvmStatic
        public fun identifiedBy(
            store: KeyStore,
            password: CharArray,
        ): TlsOptions = TlsOptions().withIdentities(TlsIdentity.fromKeyStore(store, password))
    }
}

/** Whether a server asks its clients for certificates. **Python.** `ssl.VerifyMode`. */
public enum class ClientCertificates {
    /** Not asked for. */
    NONE,

    /** Asked for; a client may have none, but a wrong one ends the handshake. */
    WANTED,

    /** Asked for; without a good one there is no connection. */
    REQUIRED,
}
