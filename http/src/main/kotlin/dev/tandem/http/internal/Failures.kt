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
    proxy: String?,
    failure: Throwable,
    limits: ClientTimeout,
    isBody: Boolean,
): Throwable {
    if (failure is ClientException || failure is TimeoutException || failure is Error) return failure
    val chain = generateSequence(failure) { it.cause }.take(MAX_CAUSES).toList()
    val route = if (proxy == null) what else "$what through the proxy $proxy"
    val timeout = chain.firstOrNull { it is ConnectTimeoutException || it is SocketTimeoutException }
    return when {
        timeout is ConnectTimeoutException ->
            TimeoutException("$route: no connection within ${limits.connect} (the limit `connect`).", failure)
        timeout != null ->
            TimeoutException("$what: the server was silent for ${limits.socketRead} (the limit `socketRead`).", failure)
        isBody && chain.none { it is java.net.SocketException } ->
            ClientPayloadException("$what: the body was cut off or is malformed: ${bodyReason(chain.last())}", failure)
        else -> ClientConnectionException("$route: ${reason(chain, proxy != null)}", failure)
    }
}

/** Whether the connection failed for a reason that the next attempt will meet as well. */
internal fun isLasting(failure: Throwable): Boolean =
    generateSequence(failure) { it.cause }.take(MAX_CAUSES).any {
        // What we throw ourselves, before or between attempts, is about the request.
        it is SSLException || it is CertificateException || it is ClientException
    }

/** Whether [failure] is one of the network, or of the peer, and no mistake of the caller. */
internal fun isOfTheNetwork(failure: Throwable): Boolean =
    generateSequence(failure) { it.cause }.take(MAX_CAUSES).any {
        it is IOException || it is UnresolvedAddressException
    }

private fun reason(
    chain: List<Throwable>,
    isProxied: Boolean,
): String {
    val certificate = chain.lastOrNull { it is CertificateException || it is SSLException }
    val root = chain.last()
    val said = messageOf(root)
    return when {
        certificate != null -> "the server's certificate or TLS was not accepted: $said"
        chain.any { it is UnresolvedAddressException || it is UnknownHostException } ->
            if (isProxied) "the proxy's host is not known" else "the host is not known"
        chain.any { it is ConnectException } -> "cannot connect: ${said.ifEmpty { "connection refused" }}"
        // What CIO says; what the JDK's client says; and what its engine says of the status 407.
        isProxied && ("tunnel connection" in said || "Tunnel failed" in said || said == "Request was cancelled") ->
            "the proxy refuses to connect to the server" + said.substringAfter("got", "")
        root is EOFException || "prematurely" in said || "EOF reached" in said ->
            "the ${if (isProxied) "proxy" else "server"} closed the connection before it answered"
        "Websocket plugin" in said -> "the server switches to another protocol, which nobody has asked for"
        root is CancellationException -> "the engine gave it up: $said"
        else -> said
    }
}

private fun bodyReason(root: Throwable): String {
    val said = messageOf(root)
    // CIO, of HTTP/1.1 without Content-Length, chunks, or `Connection: close`: the connection's end would be the
    // body's.
    return if ("body length should be specified" in said) "its length is not announced" else said
}

/** In one line: CIO's parser quotes all that it has read, cookies included. */
private fun messageOf(failure: Throwable): String =
    (failure.message ?: failure.javaClass.simpleName).lineSequence().first().take(SHOWN)

private const val MAX_CAUSES = 20
private const val SHOWN = 200
