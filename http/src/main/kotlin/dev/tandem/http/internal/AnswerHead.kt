package dev.tandem.http.internal

import dev.tandem.http.ClientConnectionException
import io.ktor.client.statement.HttpResponse
import io.ktor.http.Headers
import io.ktor.http.HttpHeaders

/**
 * How long the body is by the headers; null if they do not say.
 *
 * @throws NumberFormatException if they say something that is no length, or several: where the body ends is then
 *   anybody's guess (RFC 9112, 6.3).
 */
internal fun lengthOf(headers: Headers): Long? {
    val values =
        headers
            .getAll(HttpHeaders.ContentLength)
            .orEmpty()
            .flatMap { it.split(',') }
            .map { it.trim() }
            .toSet()
    if (values.isEmpty()) return null
    val value = values.joinToString(", ").take(SHOWN)
    if (values.size > 1 || !value.all { it in '0'..'9' }) throw NumberFormatException(value)
    return value.toLong()
}

/** Refuses what an engine takes for a response, and is none. */
internal fun checkHead(
    what: String,
    response: HttpResponse,
) {
    val status = response.status.value
    if (status < FIRST_FINAL) {
        throw ClientConnectionException(
            "$what: the server sent the interim status $status, and the engine does not look behind it for the " +
                "answer. Another engine may, such as ktor-client-java.",
        )
    }
    if (status > LAST) {
        throw ClientConnectionException("$what: the server answered with the status $status, which is none.")
    }
    val length =
        try {
            lengthOf(response.headers)
        } catch (e: NumberFormatException) {
            throw ClientConnectionException("$what: the server announces an impossible length: ${e.message}", e)
        }
    // One engine believes the one, another the other.
    if (length != null && HttpHeaders.TransferEncoding in response.headers) {
        throw ClientConnectionException("$what: the server announces a body of $length bytes, and one of chunks.")
    }
}

private const val FIRST_FINAL = 200
private const val LAST = 999
private const val SHOWN = 100
