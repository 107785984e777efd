package dev.tandem.streams

import dev.tandem.streams.internal.PemFile
import dev.tandem.streams.internal.hostNames
import dev.tandem.streams.internal.matchesHostName
import java.nio.file.Path
import java.security.KeyStore
import java.security.PrivateKey
import java.security.cert.X509Certificate
import java.util.concurrent.atomic.AtomicLong

/**
 * Who this side is: a private key, and the certificates that prove it, the key's own first.
 *
 * **Threading.** Any thread. Files are read when the identity is first used, on a thread of the loop's pool, and not
 * again: for renewed ones, make a new identity. **Python.** What `SSLContext.load_cert_chain` loads.
 *
 * ```
 * val identity = TlsIdentity.fromPem(Path("fullchain.pem"), Path("privkey.pem"))
 * startServer("0.0.0.0", 8443, ssl = TlsOptions.identifiedBy(identity)) { reader, writer -> ... }
 * ```
 */
public class TlsIdentity private constructor(
    private val description: String,
    load: () -> Pair<PrivateKey, List<X509Certificate>>,
) {
    private val loaded = lazy(load)

    /** What the JDK calls it by, in the handshake. */
    internal val alias: String = "identity-${made.incrementAndGet()}"

    /** Reads files at its first use. */
    internal val key: PrivateKey get() = loaded.value.first

    /** The key's own certificate first. Reads files at its first use. */
    internal val chain: List<X509Certificate> get() = loaded.value.second

    private val names: List<String> by lazy { hostNames(chain.first()) }

    /** [key] and its certificate, the first of [chain]; its issuers may follow. */
    public constructor(
        key: PrivateKey,
        vararg chain: X509Certificate,
    ) : this(describe(chain), { key to chain.asList() }) {
        require(chain.isNotEmpty()) { "A key without a certificate proves nothing." }
    }

    /** Whether the certificate is made out to [host]. */
    internal fun isMadeOutTo(host: String): Boolean = names.any { matchesHostName(it, host) }

    /** Tells whose certificate it is, or where it will be read from. */
    override fun toString(): String = "TlsIdentity($description)"

    public companion object {
        private val made = AtomicLong()

        /**
         * The key and the certificates of PEM files, as certificate authorities and `openssl` write them.
         *
         * [chain] holds the certificate and those of its issuers, in this order; [key] the private key, in PKCS #8
         * (`PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`), PKCS #1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`). One file
         * can hold both. What is wrong with them is a [PemException] of the call that uses the identity first.
         *
         * @param password opens an encrypted key. It is not wiped; neither is the key.
         */
        @JvmStatic
        @JvmOverloads
        public fun fromPem(
            chain: Path,
            key: Path = chain,
            password: CharArray? = null,
        ): TlsIdentity =
            TlsIdentity("$chain") {
                val certificates = PemFile.read(chain).certificates()
                val keyFile = PemFile.read(key)
                keyFile.privateKey(password).also { keyFile.checkBelongs(it, certificates.first(), chain) } to
                    certificates
            }

        /** The key in [store] that [password] opens, with its certificates; [alias] says which, if there are several. */
        @JvmStatic
        @JvmOverloads
        public fun fromKeyStore(
            store: KeyStore,
            password: CharArray,
            alias: String? = null,
        ): TlsIdentity {
            val aliases = store.aliases().toList().filter { store.isKeyEntry(it) }
            val chosen =
                alias ?: requireNotNull(aliases.singleOrNull()) {
                    "The key store holds the keys $aliases: say which, fromKeyStore(store, password, alias)."
                }
            require(chosen in aliases) { "The key store has no key '$chosen', but $aliases." }
            val key = store.getKey(chosen, password) as PrivateKey
            val chain = store.getCertificateChain(chosen).map { it as X509Certificate }
            return TlsIdentity(key, *chain.toTypedArray())
        }

        private fun describe(chain: Array<out X509Certificate>): String =
            chain.firstOrNull()?.subjectX500Principal?.name ?: "nobody"
    }
}
