package dev.tandem.streams

import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.asn1.x509.BasicConstraints
import org.bouncycastle.asn1.x509.Extension
import org.bouncycastle.asn1.x509.GeneralName
import org.bouncycastle.asn1.x509.GeneralNames
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.math.BigInteger
import java.nio.file.Path
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.cert.X509Certificate
import java.time.Instant
import java.time.temporal.ChronoUnit
import java.util.Base64
import java.util.Date
import java.util.concurrent.atomic.AtomicLong
import kotlin.io.path.writeText

/** A key with its certificate, made on the spot. */
internal class Identity(
    val keys: KeyPair,
    val certificate: X509Certificate,
) {
    /** Options for a server that is this. */
    val serverOptions: TlsOptions get() = TlsOptions.identifiedBy(keys.private, certificate)

    val tlsIdentity: TlsIdentity get() = TlsIdentity(keys.private, certificate)

    /** Options for a client that trusts this. */
    val trustOptions: TlsOptions get() = TlsOptions.trusting(certificate)

    /** Has this sign a certificate made out to [name], a host or an address. */
    fun issue(
        name: String = LOOPBACK,
        from: Instant = YESTERDAY,
        until: Instant = TOMORROW,
        algorithm: String = "EC",
    ): Identity {
        val keys = newKeys(algorithm)
        val issuer = certificate.subjectX500Principal.name
        return Identity(keys, certify(keys, "CN=$name", issuer, this.keys, from, until, name))
    }

    /** Writes `NAME.pem`, the certificate, and `NAME.key`, and returns the path of the first. */
    fun writeTo(
        directory: Path,
        name: String,
    ): Path {
        directory.resolve("$name.key").writeText(pem("PRIVATE KEY", keys.private.encoded))
        return directory.resolve("$name.pem").also { it.writeText(pem("CERTIFICATE", certificate.encoded)) }
    }

    companion object {
        fun pem(
            label: String,
            bytes: ByteArray,
        ): String {
            val text = Base64.getMimeEncoder(64, "\n".toByteArray()).encodeToString(bytes)
            return "-----BEGIN $label-----\n$text\n-----END $label-----\n"
        }

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

        private fun newKeys(algorithm: String = "EC"): KeyPair {
            val generator = KeyPairGenerator.getInstance(algorithm)
            when (algorithm) {
                "EC" -> generator.initialize(256)
                "RSA" -> generator.initialize(2048)
            }
            return generator.generateKeyPair()
        }

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
            val signer = JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.private)
            return JcaX509CertificateConverter().getCertificate(builder.build(signer))
        }
    }
}
