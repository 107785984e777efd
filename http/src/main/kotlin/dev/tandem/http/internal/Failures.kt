package dev.tandem.http.internal

import dev.tandem.TimeoutException
import dev.tandem.http.ClientConnectionException
import dev.tandem.http.ClientException
import dev.tandem.http.ClientPayloadException
import dev.tandem.http.ClientTimeout
import io.ktor.client.network.sockets.ConnectTimeoutException
import java.io.EOFException
import java.io.IOException
import java.net.ConnectException
import java.net.SocketTimeoutException
import java.net.UnknownHostException
import java.nio.channels.UnresolvedAddressException
import java.security.cert.CertificateException
import java.util.concurrent.CancellationException
import javax.net.ssl.SSLException

/** What an engine has thrown, in words and as a type that users know. The engine's own exception is the cause. */
internal fun clientFailure(
    what: String,
    failure: Throwable,
    limits: ClientTimeout,
    isBody: Boolean,
): Throwable {
    if (failure is ClientException || failure is TimeoutException || failure is Error) return failure
    val chain = generateSequence(failure) { it.cause }.take(MAX_CAUSES).toList()
    val timeout = chain.firstOrNull { it is ConnectTimeoutException || it is SocketTimeoutException }
    return when {
        timeout is ConnectTimeoutException ->
            TimeoutException("$what: no connection within ${limits.connect} (the limit `connect`).", failure)
        timeout != null ->
            TimeoutException("$what: the server was silent for ${limits.socketRead} (the limit `socketRead`).", failure)
        isBody && chain.none { it is java.net.SocketException } ->
            ClientPayloadException("$what: the body was cut off or is malformed: ${messageOf(chain.last())}", failure)
        else -> ClientConnectionException("$what: ${reason(chain)}", failure)
    }
}

/** Whether the connection failed for a reason that the next attempt will meet as well. */
internal fun isLasting(failure: Throwable): Boolean =
    generateSequence(failure) { it.cause }.take(MAX_CAUSES).any {
        it is SSLException || it is CertificateException
    }

/** Whether [failure] is one of the network, or of the peer, and no mistake of the caller. */
internal fun isOfTheNetwork(failure: Throwable): Boolean =
    generateSequence(failure) { it.cause }.take(MAX_CAUSES).any {
        it is IOException || it is UnresolvedAddressException
    }

private fun reason(chain: List<Throwable>): String {
    val certificate = chain.lastOrNull { it is CertificateException || it is SSLException }
    val root = chain.last()
    return when {
        certificate != null -> "the server's certificate or TLS was not accepted: ${messageOf(root)}"
        chain.any { it is UnresolvedAddressException || it is UnknownHostException } -> "the host is not known"
        chain.any { it is ConnectException } -> "cannot connect: ${messageOf(root).ifEmpty { "connection refused" }}"
        root is EOFException || "prematurely" in messageOf(root) || "EOF reached" in messageOf(root) ->
            "the server closed the connection before it answered"
        root is CancellationException -> "the engine gave it up: ${messageOf(root)}"
        else -> messageOf(root)
    }
}

private fun messageOf(failure: Throwable): String = failure.message ?: failure.javaClass.simpleName

private const val MAX_CAUSES = 20
