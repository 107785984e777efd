package dev.tandem.streams.internal

import dev.tandem.streams.TlsIdentity
import java.net.Socket
import java.security.Principal
import java.security.PrivateKey
import java.security.cert.X509Certificate
import java.util.Collections
import javax.net.ssl.ExtendedSSLSession
import javax.net.ssl.SNIHostName
import javax.net.ssl.SNIMatcher
import javax.net.ssl.SNIServerName
import javax.net.ssl.SSLEngine
import javax.net.ssl.StandardConstants
import javax.net.ssl.X509ExtendedKeyManager

/** Chooses among [identities] in a handshake. Runs as part of the engine's tasks, on any thread. */
internal class IdentityKeyManager(
    private val identities: Identities,
) : X509ExtendedKeyManager() {
    /**
     * What was chosen, by its alias: the JDK asks for the key by that, right after the choice. Bounded, since a
     * function that chooses may make a new identity each time.
     */
    private val chosen: MutableMap<String, TlsIdentity> =
        Collections.synchronizedMap(
            object : LinkedHashMap<String, TlsIdentity>(16, 0.75f, true) {
                override fun removeEldestEntry(eldest: Map.Entry<String, TlsIdentity>) = size > MOST_REMEMBERED
            },
        )

    override fun chooseEngineServerAlias(
        keyType: String,
        issuers: Array<out Principal>?,
        engine: SSLEngine,
    ): String? {
        val host = requestedHost(engine.handshakeSession as? ExtendedSSLSession)
        return remember(identities.forHost(host) { fits(it, keyType) })
    }

    override fun chooseEngineClientAlias(
        keyTypes: Array<out String>,
        issuers: Array<out Principal>?,
        engine: SSLEngine,
    ): String? =
        remember(
            identities.first { identity -> keyTypes.any { fits(identity, it) } && isAccepted(identity, issuers) },
        )

    override fun getCertificateChain(alias: String): Array<X509Certificate>? = chosen[alias]?.chain?.toTypedArray()

    override fun getPrivateKey(alias: String): PrivateKey? = chosen[alias]?.key

    // The JDK calls the rest for sockets only, and there are none.

    override fun chooseClientAlias(
        keyTypes: Array<out String>,
        issuers: Array<out Principal>?,
        socket: Socket?,
    ): String? = remember(identities.first { identity -> keyTypes.any { fits(identity, it) } })

    override fun chooseServerAlias(
        keyType: String,
        issuers: Array<out Principal>?,
        socket: Socket?,
    ): String? = remember(identities.forHost(null) { fits(it, keyType) })

    override fun getClientAliases(
        keyType: String,
        issuers: Array<out Principal>?,
    ): Array<String>? = null

    override fun getServerAliases(
        keyType: String,
        issuers: Array<out Principal>?,
    ): Array<String>? = null

    private fun remember(identity: TlsIdentity?): String? {
        if (identity == null) return null
        return identity.alias.also { chosen[it] = identity }
    }

    /** [keyType] is an algorithm, or, for the static suites of TLS 1.2, that and how its certificate is signed. */
    private fun fits(
        identity: TlsIdentity,
        keyType: String,
    ): Boolean = identity.key.algorithm == keyType.substringBefore('_')

    private fun isAccepted(
        identity: TlsIdentity,
        issuers: Array<out Principal>?,
    ): Boolean = issuers.isNullOrEmpty() || identity.chain.any { it.issuerX500Principal in issuers }

    private companion object {
        const val MOST_REMEMBERED = 1000
    }
}

/** Has a handshake fail at once, with `unrecognized_name`, if the client asks for a name that there is no identity for. */
internal class NameMatcher(
    private val identities: Identities,
    private val refusesUnknown: Boolean,
) : SNIMatcher(StandardConstants.SNI_HOST_NAME) {
    override fun matches(name: SNIServerName): Boolean {
        if (!refusesUnknown && identities is Identities.Listed) return true
        return identities.know(hostOf(name) ?: return true)
    }
}

/** The host name that the client asked for in the handshake of [session]. */
internal fun requestedHost(session: ExtendedSSLSession?): String? =
    try {
        session?.requestedServerNames?.firstNotNullOfOrNull(::hostOf)
    } catch (_: UnsupportedOperationException) {
        // A provider need not tell.
        null
    }

private fun hostOf(name: SNIServerName): String? =
    when {
        name is SNIHostName -> name.asciiName
        name.type == StandardConstants.SNI_HOST_NAME -> name.encoded.decodeToString()
        else -> null
    }
