package dev.tandem.streams.internal

import dev.tandem.streams.ClientCertificates
import dev.tandem.streams.TlsIdentity
import java.nio.file.Path
import java.security.KeyStore
import java.security.cert.X509Certificate
import java.util.function.Function
import javax.net.ssl.KeyManager
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory

/**
 * Trust and identities, and the JDK's context that is made of them at the first use; with it go the sessions that can
 * be resumed. Never changed; any thread.
 */
internal class TlsContext private constructor(
    private val given: SSLContext?,
    private val trust: Trust?,
    private val identities: Identities?,
    private val refusesUnknownNames: Boolean,
) {
    constructor(given: SSLContext? = null) : this(given, null, null, false)

    private val made = lazy(::make)

    /** Whether [get] returns at once. */
    val isReady: Boolean get() = made.isInitialized()

    /** Whether to reject a certificate that is trusted by itself but has expired; the JDK does not look then. */
    val checksValidity: Boolean get() = given == null

    /** Reads files at its first use: not on the loop thread. */
    fun get(): SSLContext = made.value

    fun with(trust: Trust) = changed("whom to trust", trust, identities, refusesUnknownNames)

    fun with(identities: Identities) = changed("an identity", trust, identities, refusesUnknownNames)

    fun withUnknownNamesRefused() = changed("which names to refuse", trust, identities, true)

    /** Fails if a server could not do its job with this. */
    fun checkServes(clientCertificates: ClientCertificates) {
        if (given != null) return
        require(identities != null) {
            "A server needs a key and a certificate: TlsOptions.identifiedBy(...), or withIdentity(...)."
        }
        require(clientCertificates == ClientCertificates.NONE || trust != null) {
            "withClientCertificates($clientCertificates) without withTrusted(...): say who may issue them."
        }
    }

    fun checkCipherSuites(suites: List<String>) {
        val supported = get().supportedSSLParameters.cipherSuites
        val unknown = suites.filter { it !in supported }
        require(unknown.isEmpty()) {
            "This JDK has no cipher suite ${unknown.joinToString()}. It has ${supported.joinToString()}."
        }
    }

    /** What looks at the name that a client asks for before anything else. */
    fun nameMatcher(): NameMatcher? = identities?.let { NameMatcher(it, refusesUnknownNames) }

    private fun changed(
        what: String,
        trust: Trust?,
        identities: Identities?,
        refusesUnknownNames: Boolean,
    ): TlsContext {
        check(given == null) { "TlsOptions(context) leaves $what to the SSLContext: begin with TlsOptions() instead." }
        return TlsContext(null, trust, identities, refusesUnknownNames)
    }

    private fun make(): SSLContext {
        if (given != null) return given
        if (trust == null && identities == null) return SSLContext.getDefault()
        val keys = identities?.let { arrayOf<KeyManager>(IdentityKeyManager(it)) }
        identities?.load()
        return SSLContext.getInstance("TLS").apply { init(keys, trust?.managers(), null) }
    }

    override fun toString(): String =
        when {
            given != null -> "an SSLContext"
            else -> "trusting ${trust ?: "the JVM's"}${identities?.let { ", identified by $it" }.orEmpty()}"
        }
}

/** Whom to trust. */
internal class Trust private constructor(
    private val description: String,
    private val store: () -> KeyStore,
) {
    /** Reads a file, perhaps. */
    fun managers() =
        TrustManagerFactory
            .getInstance(TrustManagerFactory.getDefaultAlgorithm())
            .apply { init(store()) }
            .trustManagers

    override fun toString() = description

    companion object {
        fun of(certificates: List<X509Certificate>): Trust {
            require(certificates.isNotEmpty()) { "At least one certificate to trust is needed." }
            return Trust(certificates.joinToString(" and ") { it.subjectX500Principal.name }) { storeOf(certificates) }
        }

        fun of(file: Path) = Trust("$file") { storeOf(PemFile.read(file).certificates()) }

        fun of(store: KeyStore) = Trust("a key store") { store }

        private fun storeOf(certificates: List<X509Certificate>): KeyStore {
            val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null, null) }
            certificates.forEachIndexed { i, certificate -> store.setCertificateEntry("trusted-$i", certificate) }
            return store
        }
    }
}

/** Who this side can be. */
internal sealed interface Identities {
    /** Reads what must be read. */
    fun load()

    /** Whether there is an identity for the name [host]. */
    fun know(host: String): Boolean

    /** For a server that is asked for [host], if it is asked for any: an identity whose key [fits], or null. */
    fun forHost(
        host: String?,
        fits: (TlsIdentity) -> Boolean,
    ): TlsIdentity?

    /** For a client: an identity that [fits], or null. */
    fun first(fits: (TlsIdentity) -> Boolean): TlsIdentity?

    class Listed(
        private val identities: List<TlsIdentity>,
    ) : Identities {
        override fun load() {
            identities.forEach { it.chain }
        }

        override fun know(host: String) = identities.any { it.isMadeOutTo(host) }

        override fun forHost(
            host: String?,
            fits: (TlsIdentity) -> Boolean,
        ): TlsIdentity? {
            if (host == null || !know(host)) return first(fits)
            return identities.firstOrNull { it.isMadeOutTo(host) && fits(it) }
        }

        override fun first(fits: (TlsIdentity) -> Boolean) = identities.firstOrNull(fits)

        override fun toString() = identities.joinToString(" or ")
    }

    class Chosen(
        private val choose: Function<String?, TlsIdentity?>,
    ) : Identities {
        override fun load() = Unit

        override fun know(host: String) = choose.apply(host) != null

        override fun forHost(
            host: String?,
            fits: (TlsIdentity) -> Boolean,
        ): TlsIdentity? = choose.apply(host)?.takeIf(fits)

        override fun first(fits: (TlsIdentity) -> Boolean): TlsIdentity? = forHost(null, fits)

        override fun toString() = "what a function chooses"
    }
}
