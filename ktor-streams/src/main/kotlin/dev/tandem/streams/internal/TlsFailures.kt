package dev.tandem.streams.internal

import dev.tandem.streams.CertificateVerificationException
import dev.tandem.streams.CertificateVerificationException.Reason
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.NotTlsException
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.security.cert.CertPathBuilderException
import java.security.cert.CertPathValidatorException
import java.security.cert.CertPathValidatorException.BasicReason
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateNotYetValidException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException

/**
 * Returns what to tell the caller whose handshake with [peer] failed with [failure]. [name] is whom a client has
 * expected; a server has expected nobody.
 */
internal fun explainHandshakeFailure(
    failure: Exception,
    peer: String,
    name: String?,
): IOException =
    when (failure) {
        is ConnectionResetException -> failure
        is NoTlsRecordException -> {
            val did = if (name == null) "sent" else "answered"
            NotTlsException("$peer does not speak TLS: it $did ${quote(failure.bytes)}")
        }
        is EndOfWireException -> SSLHandshakeException("$peer ended the connection during the TLS handshake")
        is ClosedChannelException ->
            ConnectionResetException(
                "The connection to $peer was closed by this side",
                failure,
            )
        else -> {
            val causes = generateSequence<Throwable>(failure) { it.cause }.take(MOST_CAUSES).toList()
            if (causes.any { it is CertificateException }) {
                badCertificate(failure, causes, peer, name)
            } else {
                SSLHandshakeException("The TLS handshake with $peer failed: ${readable(failure)}").withCause(failure)
            }
        }
    }

/** Returns what to tell whoever reads from or writes to [peer] when TLS has failed after the handshake. */
internal fun explainTlsFailure(
    failure: SSLException,
    peer: String,
): SSLException = SSLException("The TLS connection to $peer failed: ${readable(failure)}", failure)

private fun badCertificate(
    failure: Exception,
    causes: List<Throwable>,
    peer: String,
    name: String?,
): IOException {
    val last = causes.last()
    val (reason, text) =
        when {
            causes.any { it is CertificateExpiredException } ->
                Reason.EXPIRED to "has expired (${last.message})"
            causes.any { it is CertificateNotYetValidException } ->
                Reason.NOT_YET_VALID to "is not valid yet (${last.message})"
            isWrongName(last) ->
                Reason.WRONG_HOST to "is not made out to $name (${last.message})"
            causes.any(::isUntrusted) ->
                Reason.UNTRUSTED to "is not trusted: no trusted authority has issued it (${last.message})"
            else -> Reason.OTHER to "was refused: ${last.message}"
        }
    return CertificateVerificationException("The certificate of $peer $text", reason, failure)
}

/** The JDK has no class for this, only these words. */
private fun isWrongName(failure: Throwable): Boolean {
    val message = failure.message ?: return false
    return failure is CertificateException && ("No subject alternative" in message || "No name matching" in message)
}

private fun isUntrusted(failure: Throwable): Boolean =
    when (failure) {
        is CertPathBuilderException -> true
        is CertPathValidatorException -> failure.reason != BasicReason.ALGORITHM_CONSTRAINED
        else -> false
    }

private fun readable(failure: Exception): String {
    val message = failure.message ?: return failure.toString()
    val alert = message.substringAfter(ALERT, "")
    return if (alert.isEmpty()) message else "it sent the alert $alert"
}

/** The first line of what a peer without TLS has said, as far as it can be printed. */
private fun quote(bytes: ByteBuffer): String {
    val text = ByteArray(minOf(bytes.remaining(), MOST_QUOTED)).also { bytes.get(it) }
    val line =
        text
            .decodeToString()
            .lineSequence()
            .first()
            .trimEnd()
    val isPrintable = line.isNotEmpty() && line.none { it.isISOControl() || it == '\uFFFD' }
    return if (isPrintable) "\"$line\"" else "with bytes that are no TLS record"
}

private fun <E : SSLException> E.withCause(cause: Throwable): E = apply { initCause(cause) }

private const val ALERT = "Received fatal alert: "
private const val MOST_QUOTED = 60
private const val MOST_CAUSES = 20
