package dev.tandem.http

import dev.tandem.http.internal.Decompression
import dev.tandem.http.internal.Exchange
import dev.tandem.http.internal.cookiesOf
import dev.tandem.http.internal.lengthOf
import io.ktor.client.statement.HttpResponse
import io.ktor.http.BadContentTypeFormatException
import io.ktor.http.ContentType
import io.ktor.http.Cookie
import io.ktor.http.Headers
import io.ktor.http.HttpHeaders
import io.ktor.http.contentType
import kotlinx.serialization.json.Json
import java.nio.charset.Charset
import java.nio.charset.IllegalCharsetNameException
import java.nio.charset.UnsupportedCharsetException

/**
 * The answer to a request: its head is there, its body comes when it is read.
 *
 * It holds a connection until the body was read to its end; who may stop before closes it, with `use`. Any task of the
 * loop may read it, also after the task that got it has ended.
 *
 * **Threading.** Loop thread only. **Python.** `aiohttp.ClientResponse`.
 *
 * ```
 * session.get(url).use { response ->
 *     if (response.ok) println(response.text())
 * }
 * ```
 */
public class ClientResponse internal constructor(
    private val exchange: Exchange,
    /** The response as Ktor has it. Its body is read by [content], and must not be read there. */
    public val ktorResponse: HttpResponse,
    /** The redirects that led here, the first one first. */
    public val history: List<Redirect>,
    @PublishedApi internal val json: Json,
    private val maxBodySize: Int,
    autoDecompress: Boolean,
    listener: ProgressListener?,
) : AutoCloseable {
    /** The status: 200, 404 and so on. */
    public val status: Int get() = ktorResponse.status.value

    /** What the server says to the status, such as `Not Found`; may be empty. */
    public val reason: String get() = ktorResponse.status.description

    /** Whether the status is below 400. */
    public val ok: Boolean get() = status < FIRST_ERROR

    /** The method of the request that was answered; after a redirect, it may be another one. */
    public val method: String get() = ktorResponse.call.request.method.value

    /** The URL that answered, after redirects. */
    public val url: String get() =
        ktorResponse.call.request.url
            .toString()

    /** The headers; names are found whatever their case. */
    public val headers: Headers get() = ktorResponse.headers

    /** The cookies that this response sets. The session's jar has them already. */
    public val cookies: List<Cookie> get() = cookiesOf(headers)

    /** How many bytes the server sends as body, if it says so; of a compressed body, [content] gives more. */
    public val contentLength: Long? get() = lengthOf(headers)

    private val type: ContentType? =
        try {
            ktorResponse.contentType()
        } catch (_: BadContentTypeFormatException) {
            // A body can be read whatever the server calls it.
            null
        }

    /** The type of the body without parameters, such as `text/html`; null if the server names none that makes sense. */
    public val contentType: String? = type?.withoutParameters()?.toString()

    /** The body as it comes. */
    public val content: ResponseContent =
        ResponseContent(
            exchange,
            channelOf(ktorResponse),
            announcedLength(),
            if (autoDecompress) decompression() else null,
            listener,
        ).endIfEmpty()

    private var whole: ByteArray? = null

    /**
     * Waits for the whole body and returns it; a second call returns it again.
     *
     * @throws ClientPayloadException if it is larger than the session's `maxBodySize`, or was cut off.
     */
    public suspend fun bytes(): ByteArray = whole ?: content.readAll(maxBodySize).also { whole = it }

    /** Waits for the whole body and returns it as text, in the charset that the server names, or in UTF-8. */
    public suspend fun text(): String = text(charset())

    /** Waits for the whole body and returns it as text in [charset]. */
    public suspend fun text(charset: Charset): String = bytes().toString(charset)

    /**
     * Waits for the whole body, which is JSON, and returns it as a [T], by the session's [ClientSession.json].
     *
     * @throws kotlinx.serialization.SerializationException if it is not.
     */
    public suspend inline fun <reified T> json(): T = json.decodeFromString<T>(text())

    /**
     * Returns this response if [ok]. Otherwise closes it.
     *
     * @throws ClientResponseException if the status is 400 or above; its message has the beginning of the body.
     */
    public suspend fun raiseForStatus(): ClientResponse {
        if (ok) return this
        val beginning = beginningOfBody()
        close()
        val shown = beginning.lineSequence().firstOrNull { it.isNotBlank() }?.take(SHOWN)
        val message = "${exchange.what} was answered with $status $reason".trimEnd() + (shown?.let { ": $it" } ?: ".")
        throw ClientResponseException(message, status, url, beginning)
    }

    /** Closes the connection, unless the body was read to its end. A second call does nothing. */
    override fun close() {
        exchange.close()
    }

    override fun toString(): String = "ClientResponse(${exchange.what}, $status $reason)"

    private suspend fun beginningOfBody(): String {
        var beginning = whole ?: ByteArray(0)
        try {
            while (whole == null && beginning.size < BEGINNING) {
                val piece = content.read(BEGINNING - beginning.size)
                if (piece.isEmpty()) break
                beginning += piece
            }
        } catch (_: ClientException) {
            // The status says more than a body that is broken.
        } catch (_: dev.tandem.TimeoutException) {
            // Nor shall a slow one hide it.
        }
        return String(beginning, 0, minOf(beginning.size, BEGINNING), charset())
    }

    private fun announcedLength(): Long? = if (method == "HEAD" || status in WITHOUT_BODY) 0 else contentLength

    private fun decompression(): Decompression? {
        val encodings = headers.getAll(HttpHeaders.ContentEncoding) ?: return null
        return Decompression.of(encodings)?.also { exchange.whenOver(it::close) }
    }

    private fun charset(): Charset {
        val name = type?.parameter("charset") ?: return Charsets.UTF_8
        return try {
            Charset.forName(name)
        } catch (_: IllegalCharsetNameException) {
            Charsets.UTF_8
        } catch (_: UnsupportedCharsetException) {
            Charsets.UTF_8
        }
    }

    private companion object {
        const val FIRST_ERROR = 400
        const val BEGINNING = 1024
        const val SHOWN = 200
        val WITHOUT_BODY = setOf(204, 304)
    }
}

/** A redirect that was followed. [location] is where it led; neither URL has credentials. */
public class Redirect(
    /** The status: 301, 302, 303, 307 or 308. */
    public val status: Int,
    /** The URL that answered with it. */
    public val url: String,
    /** The URL that was asked next. */
    public val location: String,
) {
    override fun toString(): String = "Redirect($status, $url -> $location)"
}

@OptIn(io.ktor.utils.io.InternalAPI::class)
private fun channelOf(response: HttpResponse) = response.rawContent
