package dev.tandem.http

import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.asn1.x509.BasicConstraints
import org.bouncycastle.asn1.x509.Extension
import org.bouncycastle.asn1.x509.GeneralName
import org.bouncycastle.asn1.x509.GeneralNames
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.cert.X509Certificate
import java.time.Instant
import java.time.temporal.ChronoUnit
import java.util.Date
import java.util.concurrent.atomic.AtomicLong
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/** A key with its certificate, made on the spot. */
internal class Identity(
    private val keys: KeyPair,
    val certificate: X509Certificate,
) {
    /** For a server that is this. */
    val serverContext: SSLContext
        get() {
            val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null, null) }
            store.setKeyEntry("identity", keys.private, CharArray(0), arrayOf(certificate))
            val managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
            managers.init(store, CharArray(0))
            return SSLContext.getInstance("TLS").apply { init(managers.keyManagers, null, null) }
        }

    /** For a client that trusts this. */
    val trustManager: X509TrustManager
        get() {
            val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null, null) }
            store.setCertificateEntry("trusted", certificate)
            val trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
            trust.init(store)
            return trust.trustManagers.first() as X509TrustManager
        }

    /** Has this sign a certificate made out to [name], a host or an address. */
    fun issue(
        name: String = LOOPBACK,
        from: Instant = YESTERDAY,
        until: Instant = TOMORROW,
    ): Identity {
        val keys = newKeys()
        val issuer = certificate.subjectX500Principal.name
        return Identity(keys, certify(keys, "CN=$name", issuer, this.keys, from, until, name))
    }

    companion object {
        val YESTERDAY: Instant = Instant.now().minus(1, ChronoUnit.DAYS)
        val TOMORROW: Instant = Instant.now().plus(1, ChronoUnit.DAYS)
        private val serial = AtomicLong(1)

        /** An authority that nobody knows but who is told. */
        fun authority(name: String = "CN=Test authority"): Identity {
            val keys = newKeys()
            return Identity(keys, certify(keys, name, name, keys, YESTERDAY, TOMORROW, null))
        }

        /** A certificate that vouches for itself. */
        fun selfSigned(
            name: String = LOOPBACK,
            from: Instant = YESTERDAY,
            until: Instant = TOMORROW,
        ): Identity {
            val keys = newKeys()
            return Identity(keys, certify(keys, "CN=$name", "CN=$name", keys, from, until, name))
        }

        private fun newKeys(): KeyPair =
            KeyPairGenerator.getInstance("RSA").apply { initialize(2048) }.generateKeyPair()

        private fun certify(
            keys: KeyPair,
            subject: String,
            issuer: String,
            issuerKeys: KeyPair,
            from: Instant,
            until: Instant,
            host: String?,
        ): X509Certificate {
            val builder =
                JcaX509v3CertificateBuilder(
                    X500Name(issuer),
                    BigInteger.valueOf(serial.getAndIncrement()),
                    Date.from(from),
                    Date.from(until),
                    X500Name(subject),
                    keys.public,
                )
            builder.addExtension(Extension.basicConstraints, true, BasicConstraints(host == null))
            if (host != null) {
                val type = if (host[0].isDigit()) GeneralName.iPAddress else GeneralName.dNSName
                builder.addExtension(Extension.subjectAlternativeName, false, GeneralNames(GeneralName(type, host)))
            }
            val signer = JcaContentSignerBuilder("SHA256withRSA").build(issuerKeys.private)
            return JcaX509CertificateConverter().getCertificate(builder.build(signer))
        }
    }
}
