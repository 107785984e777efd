package dev.tandem.streams.internal

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.security.AlgorithmParameters
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.PrivateKey
import java.security.spec.InvalidKeySpecException
import java.security.spec.PKCS8EncodedKeySpec
import javax.crypto.BadPaddingException
import javax.crypto.Cipher
import javax.crypto.EncryptedPrivateKeyInfo
import javax.crypto.SecretKeyFactory
import javax.crypto.spec.PBEKeySpec

/** Reads a PKCS #8 key, of whichever algorithm TLS can use. */
internal fun readPkcs8(bytes: ByteArray): PrivateKey {
    val spec = PKCS8EncodedKeySpec(bytes)
    var reason: InvalidKeySpecException? = null
    for (algorithm in KEY_ALGORITHMS) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(spec)
        } catch (e: InvalidKeySpecException) {
            // Only the factory of the right algorithm takes it.
            if (reason == null) reason = e
        }
    }
    throw InvalidKeySpecException("it is none of ${KEY_ALGORITHMS.joinToString()}, or damaged", reason)
}

/** Reads a PKCS #8 key that [password] has encrypted. */
internal fun readEncrypted(
    bytes: ByteArray,
    password: CharArray,
): PrivateKey {
    val info =
        try {
            EncryptedPrivateKeyInfo(bytes)
        } catch (e: IOException) {
            throw GeneralSecurityException(e.message, e)
        }
    val parameters: AlgorithmParameters = info.algParameters ?: throw GeneralSecurityException("no parameters")
    // For PBES2 the name of the scheme says nothing; the parameters give that of the algorithm itself.
    val algorithm = if (info.algName.startsWith("PBEWith")) info.algName else parameters.toString()
    val spec = PBEKeySpec(password)
    try {
        val key = SecretKeyFactory.getInstance(algorithm).generateSecret(spec)
        val cipher = Cipher.getInstance(algorithm).apply { init(Cipher.DECRYPT_MODE, key, parameters) }
        return readPkcs8(cipher.doFinal(info.encryptedData))
    } catch (e: BadPaddingException) {
        throw WrongPasswordException(e)
    } catch (e: InvalidKeySpecException) {
        // One wrong password in 256 leaves a padding that looks right, and rubbish before it.
        throw WrongPasswordException(e)
    } finally {
        spec.clearPassword()
    }
}

/** Reads what `RSA PRIVATE KEY` holds, by putting it into PKCS #8, which is all that the JDK reads. */
internal fun readPkcs1(bytes: ByteArray): PrivateKey = readPkcs8(pkcs8(RSA_OID + der(NULL, ByteArray(0)), bytes))

/** Reads what `EC PRIVATE KEY` holds, in the same way; the name of its curve moves to where PKCS #8 has it. */
internal fun readSec1(bytes: ByteArray): PrivateKey {
    val curve = sec1Curve(bytes) ?: throw GeneralSecurityException("it does not name its curve")
    return readPkcs8(pkcs8(EC_OID + curve, bytes))
}

/** The password does not open a key. */
internal class WrongPasswordException(
    cause: Exception,
) : GeneralSecurityException(cause)

private fun pkcs8(
    algorithm: ByteArray,
    key: ByteArray,
): ByteArray = der(SEQUENCE, VERSION_0 + der(SEQUENCE, algorithm) + der(OCTETS, key))

/** Returns what is inside of the `[0]` in SEQUENCE { version, key, [0] curve, [1] public key }. */
private fun sec1Curve(bytes: ByteArray): ByteArray? {
    val whole = DerPart.at(bytes, 0) ?: return null
    var next = whole.start
    while (next < whole.end) {
        val part = DerPart.at(bytes, next) ?: return null
        if (part.tag == CONTEXT_0) return bytes.copyOfRange(part.start, part.end)
        next = part.end
    }
    return null
}

/** A value in DER: its contents are the bytes from [start] until [end]. */
private class DerPart(
    val tag: Int,
    val start: Int,
    val end: Int,
) {
    companion object {
        /** Returns the value that begins at [at], or null if there is none that is whole. */
        fun at(
            bytes: ByteArray,
            at: Int,
        ): DerPart? {
            if (at + 2 > bytes.size) return null
            val first = bytes[at + 1].toInt() and 0xFF
            val lengthBytes = if (first < 0x80) 0 else first - 0x80
            val start = at + 2 + lengthBytes
            if (lengthBytes > 3 || start > bytes.size) return null
            var length = if (lengthBytes == 0) first else 0
            for (i in at + 2 until start) length = length shl 8 or (bytes[i].toInt() and 0xFF)
            if (length > bytes.size - start) return null
            return DerPart(bytes[at].toInt() and 0xFF, start, start + length)
        }
    }
}

private fun der(
    tag: Int,
    contents: ByteArray,
): ByteArray {
    val value = ByteArrayOutputStream()
    value.write(tag)
    if (contents.size < 0x80) {
        value.write(contents.size)
    } else {
        val bytes = (32 - contents.size.countLeadingZeroBits() + 7) / 8
        value.write(0x80 or bytes)
        for (i in bytes - 1 downTo 0) value.write(contents.size ushr (8 * i))
    }
    value.writeBytes(contents)
    return value.toByteArray()
}

private val KEY_ALGORITHMS = listOf("EC", "RSA", "EdDSA", "RSASSA-PSS")

private const val SEQUENCE = 0x30
private const val OCTETS = 0x04
private const val NULL = 0x05
private const val CONTEXT_0 = 0xA0
private val VERSION_0 = byteArrayOf(2, 1, 0)

/** 1.2.840.113549.1.1.1, rsaEncryption. */
private val RSA_OID = byteArrayOf(6, 9, 0x2A, 0x86.toByte(), 0x48, 0x86.toByte(), 0xF7.toByte(), 0x0D, 1, 1, 1)

/** 1.2.840.10045.2.1, ecPublicKey. */
private val EC_OID = byteArrayOf(6, 7, 0x2A, 0x86.toByte(), 0x48, 0xCE.toByte(), 0x3D, 2, 1)
