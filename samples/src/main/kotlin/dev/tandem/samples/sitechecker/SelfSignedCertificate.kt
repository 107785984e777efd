package dev.tandem.samples.sitechecker

import dev.tandem.streams.TlsOptions
import org.bouncycastle.asn1.x500.X500Name
import org.bouncycastle.asn1.x509.Extension
import org.bouncycastle.asn1.x509.GeneralName
import org.bouncycastle.asn1.x509.GeneralNames
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder
import java.math.BigInteger
import java.nio.file.Path
import java.security.KeyPairGenerator
import java.security.cert.X509Certificate
import java.time.Duration
import java.time.Instant
import java.util.Base64
import java.util.Date
import kotlin.io.path.writeText

/** A certificate for [host], made on the spot and valid for an hour, which vouches for itself. */
class SelfSignedCertificate(
    host: String,
) {
    private val keys = KeyPairGenerator.getInstance("EC").apply { initialize(256) }.generateKeyPair()
    private val certificate = sign(host)

    /** For a server that is to show this certificate. */
    fun forServer(): TlsOptions = TlsOptions.identifiedBy(keys.private, certificate)

    /** For a client that is to trust it, and no other. */
    fun forClient(): TlsOptions = TlsOptions.trusting(certificate)

    /** Writes `NAME.pem` and `NAME.key`, as `openssl` does. */
    fun writeTo(
        folder: Path,
        name: String,
    ) {
        folder.resolve("$name.pem").writeText(pem("CERTIFICATE", certificate.encoded))
        folder.resolve("$name.key").writeText(pem("PRIVATE KEY", keys.private.encoded))
    }

    private fun pem(
        label: String,
        bytes: ByteArray,
    ) = "-----BEGIN $label-----\n${Base64.getMimeEncoder().encodeToString(bytes)}\n-----END $label-----\n"

    private fun sign(host: String): X509Certificate {
        val now = Instant.now()
        val name = X500Name("CN=$host")
        val builder =
            JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now - Duration.ofMinutes(1)),
                Date.from(now + Duration.ofHours(1)),
                name,
                keys.public,
            )
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            GeneralNames(GeneralName(GeneralName.dNSName, host)),
        )
        val signer = JcaContentSignerBuilder("SHA256withECDSA").build(keys.private)
        return JcaX509CertificateConverter().getCertificate(builder.build(signer))
    }
}
