package dev.tandem.http

import dev.tandem.copyContext
import dev.tandem.http.internal.BodySource
import dev.tandem.http.internal.FileBody
import dev.tandem.http.internal.ReadyBody
import dev.tandem.http.internal.WrittenBody
import io.ktor.client.request.forms.FormDataContent
import io.ktor.http.BadContentTypeFormatException
import io.ktor.http.ContentType
import io.ktor.http.HeadersBuilder
import io.ktor.http.HttpHeaders
import io.ktor.http.ParametersBuilder
import io.ktor.http.content.ByteArrayContent
import io.ktor.http.content.TextContent
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.Json
import java.nio.file.Path

/**
 * What is special about a request: headers, query, body, limits. Filled in by the block given to [ClientSession.get]
 * and its like; what is left out is as the session says. Each function returns the request itself.
 *
 * A request has one body: giving it another one is an [IllegalStateException]. A content type that is none is an
 * [IllegalArgumentException].
 *
 * **Threading.** In the block that it was given to, before the request is sent.
 *
 * **Python.** The keyword arguments of `aiohttp.ClientSession.request`.
 *
 * ```
 * session.post("users") {
 *     header("X-Request-Id", id)
 *     param("notify", "true")
 *     json(User("Ada"))
 * }
 * ```
 */
public class ClientRequest internal constructor(
    @PublishedApi internal val json: Json,
) {
    internal val headers = HeadersBuilder()
    internal val params = ParametersBuilder()
    internal var body: BodySource? = null
    internal var timeout: ClientTimeout? = null
    internal var retry: RetryOptions? = null
    internal var maxRedirects: Int? = null
    internal var raiseForStatus: Boolean? = null
    internal var maxBodySize: Int? = null
    internal var autoDecompress: Boolean? = null
    internal var uploadListener: ProgressListener? = null
    internal var downloadListener: ProgressListener? = null

    /**
     * Sets a header, in place of those of that name; the session's included.
     *
     * @throws IllegalArgumentException if [name] or [value] cannot be sent, such as one with a line break.
     */
    public fun header(
        name: String,
        value: String,
    ): ClientRequest = also { headers.setHeader(name, value) }

    /** Sets the header `Authorization: Bearer` [token]. */
    public fun bearer(token: String): ClientRequest = header(HttpHeaders.Authorization, "Bearer $token")

    /** Sets the header `Authorization: Basic`. **Python.** `aiohttp.BasicAuth`. */
    public fun basicAuth(
        user: String,
        password: String,
    ): ClientRequest = header(HttpHeaders.Authorization, basicCredentials(user, password))

    /** Adds a parameter to the query; it is encoded as needed. */
    public fun param(
        name: String,
        value: Any,
    ): ClientRequest = also { params.append(name, value.toString()) }

    // ---- the body -------------------------------------------------------------------------------------------------

    /** Sends [bytes]. */
    @JvmOverloads
    public fun body(
        bytes: ByteArray,
        contentType: String = "application/octet-stream",
    ): ClientRequest = send(ReadyBody(ByteArrayContent(bytes, contentTypeOf(contentType))))

    /** Sends [text] in UTF-8. */
    @JvmOverloads
    public fun body(
        text: String,
        contentType: String = "text/plain",
    ): ClientRequest = send(ReadyBody(TextContent(text, withUtf8(contentTypeOf(contentType)))))

    /** Sends the file [path], which is read while it is sent. A file that cannot be read fails the request. */
    @JvmOverloads
    public fun body(
        path: Path,
        contentType: String = "application/octet-stream",
    ): ClientRequest = send(FileBody(path, contentTypeOf(contentType)))

    /** Sends [value] as JSON, by the session's [ClientSession.json]. */
    public inline fun <reified T> json(value: T): ClientRequest = jsonText(json.encodeToString(value))

    /** Sends [text], which is JSON already. */
    public fun jsonText(text: String): ClientRequest = send(ReadyBody(TextContent(text, ContentType.Application.Json)))

    /** Sends [fields] as `application/x-www-form-urlencoded`. */
    public fun form(fields: Map<String, String>): ClientRequest = form(*fields.toList().toTypedArray())

    /** Sends [fields] as `application/x-www-form-urlencoded`; a name may be there several times. */
    public fun form(vararg fields: Pair<String, String>): ClientRequest {
        val parameters = ParametersBuilder()
        fields.forEach { (name, value) -> parameters.append(name, value) }
        return send(ReadyBody(FormDataContent(parameters.build())))
    }

    /** Sends a form with files. */
    public fun multipart(build: MultipartForm.() -> Unit): ClientRequest = send(MultipartForm().apply(build).toBody())

    /**
     * Sends what [write] writes, while it writes it: in a task of its own on the loop, in the context of the caller. An
     * exception of [write] is that of the request. A body like this is sent once: there is no retry.
     *
     * @param length how much that will be, if it is known
     */
    public fun stream(
        contentType: String = "application/octet-stream",
        length: Long? = null,
        write: suspend (BodyWriter) -> Unit,
    ): ClientRequest = send(WrittenBody(contentTypeOf(contentType), length, copyContext(), write))

    /** Sends the pieces that [flow] emits; it is collected on the loop. Otherwise as [stream] with a function. */
    public fun stream(
        flow: Flow<ByteArray>,
        contentType: String = "application/octet-stream",
        length: Long? = null,
    ): ClientRequest = stream(contentType, length) { writer -> flow.collect { writer.write(it) } }

    // ---- the session's settings, for this request -----------------------------------------------------------------

    /** Sets the time limits. */
    public fun timeout(limits: ClientTimeout): ClientRequest = also { timeout = limits }

    /** Sets the retries; `RetryOptions(0)` for none. */
    public fun retry(options: RetryOptions): ClientRequest = also { retry = options }

    /** Follows [max] redirects at most; with 0, a redirect is the response. */
    public fun maxRedirects(max: Int): ClientRequest {
        require(max >= 0) { "The number of redirects must not be negative: $max." }
        return also { maxRedirects = max }
    }

    /** Throws a [ClientResponseException] for a status of 400 and above, or does not. */
    public fun raiseForStatus(raises: Boolean): ClientRequest = also { raiseForStatus = raises }

    /** Sets the session's `maxBodySize`, in bytes. */
    public fun maxBodySize(bytes: Int): ClientRequest {
        require(bytes > 0) { "The limit of a body must be positive, not $bytes." }
        return also { maxBodySize = bytes }
    }

    /** Sets the session's `autoDecompress`. */
    public fun autoDecompress(decompresses: Boolean): ClientRequest = also { autoDecompress = decompresses }

    /** Tells [listener] how much of the body the engine has taken to send. */
    public fun onUpload(listener: ProgressListener): ClientRequest = also { uploadListener = listener }

    /** Tells [listener] how much of the response's body has come; of a compressed body, before it is decompressed. */
    public fun onDownload(listener: ProgressListener): ClientRequest = also { downloadListener = listener }

    /** How much there is, but not what: headers and bodies have secrets. */
    override fun toString(): String =
        "ClientRequest(${headers.names().size} headers, ${params.names().size} parameters, " +
            if (body == null) "no body)" else "with a body)"

    private fun send(source: BodySource): ClientRequest {
        check(body == null) { "The request has a body already." }
        body = source
        return this
    }

    private fun withUtf8(type: ContentType): ContentType =
        if (type.parameter("charset") == null) type.withParameter("charset", "utf-8") else type
}

internal fun contentTypeOf(text: String): ContentType {
    require(text.none(Char::isISOControl)) { "There is a line break or control character in the content type." }
    return try {
        ContentType.parse(text)
    } catch (e: BadContentTypeFormatException) {
        throw IllegalArgumentException("This is no content type: $text. Write one such as text/plain.", e)
    }
}

internal fun HeadersBuilder.setHeader(
    name: String,
    value: String,
) {
    require(name.isNotEmpty()) { "A header needs a name." }
    // Ktor would show the value, which may be a secret.
    require(value.none { it != '\t' && it.isISOControl() }) { "There is a line break or control character in $name." }
    require(!HttpHeaders.isUnsafe(name)) { "The header $name is set by the engine, as the body needs it." }
    this[name] = value
}

internal fun basicCredentials(
    user: String,
    password: String,
): String =
    "Basic " +
        java.util.Base64
            .getEncoder()
            .encodeToString("$user:$password".toByteArray())
