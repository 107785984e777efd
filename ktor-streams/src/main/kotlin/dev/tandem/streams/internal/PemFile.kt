package dev.tandem.streams.internal

import dev.tandem.streams.PemException
import java.io.IOException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.security.GeneralSecurityException
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.cert.CertificateException
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.util.Base64

/**
 * The blocks of a PEM file (RFC 7468), and what they stand for. Errors name the file and never quote it. Reading
 * blocks: not on the loop thread.
 */
internal class PemFile private constructor(
    private val path: Path,
    private val blocks: List<Block>,
) {
    private class Block(
        val label: String,
        val text: String,
    )

    /** Returns every certificate in the file, in order. */
    fun certificates(): List<X509Certificate> {
        val found = blocks.filter { it.label in CERTIFICATE_LABELS }
        if (found.isEmpty()) throw wrong("it holds no CERTIFICATE${heldInstead()}")
        val factory = CertificateFactory.getInstance("X.509")
        return found.mapIndexed { i, block ->
            try {
                factory.generateCertificate(bytes(block).inputStream()) as X509Certificate
            } catch (e: CertificateException) {
                throw wrong("certificate ${i + 1} of ${found.size} cannot be read: ${e.message}", e)
            }
        }
    }

    /** Returns the private key in the file, which [password] opens if it is encrypted. */
    fun privateKey(password: CharArray?): PrivateKey {
        val keys = blocks.filter { it.label.endsWith(PRIVATE_KEY) }
        if (keys.isEmpty()) throw wrong("it holds no private key${heldInstead()}")
        if (keys.size > 1) throw wrong("it holds ${keys.size} private keys, where one is expected")
        val block = keys.single()
        if (LEGACY_ENCRYPTION in block.text) {
            throw wrong("its key is encrypted in OpenSSL's old way. Convert it: $CONVERT")
        }
        try {
            return when (block.label) {
                PRIVATE_KEY -> readPkcs8(bytes(block))
                "RSA $PRIVATE_KEY" -> readPkcs1(bytes(block))
                "EC $PRIVATE_KEY" -> readSec1(bytes(block))
                "ENCRYPTED $PRIVATE_KEY" ->
                    readEncrypted(bytes(block), password ?: throw wrong("its key is encrypted: a password is needed"))
                else -> throw wrong("a ${block.label} is not supported. Convert it: $CONVERT")
            }
        } catch (e: WrongPasswordException) {
            throw wrong("the password does not open its key", e)
        } catch (e: GeneralSecurityException) {
            throw wrong("its ${block.label} cannot be read: ${e.message}. Converting it may help: $CONVERT", e)
        }
    }

    /** Checks that [key], from this file, is that of [certificate], from [chain]: a peer would only say "bad signature". */
    fun checkBelongs(
        key: PrivateKey,
        certificate: X509Certificate,
        chain: Path,
    ) {
        if (!belong(key, certificate.publicKey)) {
            throw wrong(
                "its key is not that of the first certificate in $chain, ${certificate.subjectX500Principal.name}",
            )
        }
    }

    private fun belong(
        key: PrivateKey,
        publicKey: PublicKey,
    ): Boolean {
        val algorithm = SIGNATURES[key.algorithm] ?: return true
        if (publicKey.algorithm != key.algorithm) return false
        val signer = Signature.getInstance(algorithm).apply { initSign(key) }
        val signature = signer.apply { update(path.toString().toByteArray()) }.sign()
        val verifier = Signature.getInstance(algorithm).apply { initVerify(publicKey) }
        return verifier.apply { update(path.toString().toByteArray()) }.verify(signature)
    }

    private fun bytes(block: Block): ByteArray =
        try {
            Base64.getMimeDecoder().decode(block.text)
        } catch (e: IllegalArgumentException) {
            throw wrong("its ${block.label} is not Base64: ${e.message}", e)
        }

    private fun heldInstead(): String =
        if (blocks.isEmpty()) {
            ": it is not a PEM file"
        } else {
            ", only ${blocks.map {
                it.label
            }.distinct().joinToString()}"
        }

    private fun wrong(
        what: String,
        cause: Exception? = null,
    ) = PemException("Cannot use $path: $what", cause)

    companion object {
        private const val PRIVATE_KEY = "PRIVATE KEY"
        private const val LEGACY_ENCRYPTION = "Proc-Type:"
        private const val CONVERT = "openssl pkcs8 -topk8 -in OLD -out NEW"
        private val CERTIFICATE_LABELS = setOf("CERTIFICATE", "X509 CERTIFICATE")
        private val BLOCK = Regex("-----BEGIN ([^-]+)-----(.*?)-----END \\1-----", RegexOption.DOT_MATCHES_ALL)
        private val SIGNATURES = mapOf("RSA" to "SHA256withRSA", "EC" to "SHA256withECDSA", "EdDSA" to "EdDSA")

        fun read(path: Path): PemFile {
            val text =
                try {
                    String(Files.readAllBytes(path), Charsets.ISO_8859_1)
                } catch (e: NoSuchFileException) {
                    throw PemException("Cannot use $path: there is no such file", e)
                } catch (e: IOException) {
                    throw PemException("Cannot use $path: $e", e)
                }
            return PemFile(path, BLOCK.findAll(text).map { Block(it.groupValues[1], it.groupValues[2]) }.toList())
        }
    }
}
