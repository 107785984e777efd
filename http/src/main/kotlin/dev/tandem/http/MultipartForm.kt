package dev.tandem.http

import dev.tandem.EventLoop
import dev.tandem.http.internal.BodySource
import dev.tandem.http.internal.Exchange
import io.ktor.client.request.forms.ChannelProvider
import io.ktor.client.request.forms.MultiPartFormDataContent
import io.ktor.client.request.forms.formData
import io.ktor.http.Headers
import io.ktor.http.HttpHeaders
import io.ktor.http.content.OutgoingContent
import io.ktor.http.escapeIfNeeded
import io.ktor.http.headersOf
import io.ktor.util.cio.readChannel
import java.nio.file.Files
import java.nio.file.Path

/**
 * A form with files, sent as `multipart/form-data`. Files are read while they are sent.
 *
 * **Python.** `aiohttp.FormData`.
 *
 * ```
 * session.post(url) {
 *     multipart {
 *         field("title", "holidays")
 *         file("photo", Path.of("beach.jpg"), "image/jpeg")
 *     }
 * }
 * ```
 */
public class MultipartForm internal constructor() {
    private class Part(
        val name: String,
        val headers: Headers,
        val bytes: ByteArray?,
        val path: Path?,
    )

    private val parts = ArrayList<Part>()

    /** Adds a text field. */
    public fun field(
        name: String,
        value: String,
    ): MultipartForm = also { parts += Part(name, Headers.Empty, value.encodeToByteArray(), null) }

    /** Adds [bytes] as a file called [fileName]. */
    @JvmOverloads
    public fun file(
        name: String,
        fileName: String,
        bytes: ByteArray,
        contentType: String = OCTETS,
    ): MultipartForm = also { parts += Part(name, fileHeaders(fileName, contentType), bytes, null) }

    /** Adds the file [path], under its own name. */
    @JvmOverloads
    public fun file(
        name: String,
        path: Path,
        contentType: String = OCTETS,
    ): MultipartForm = also { parts += Part(name, fileHeaders(path.fileName.toString(), contentType), null, path) }

    private fun fileHeaders(
        fileName: String,
        contentType: String,
    ): Headers {
        val name = fileName.filterNot(Char::isISOControl).escapeIfNeeded()
        return headersOf(
            HttpHeaders.ContentDisposition to listOf("filename=$name"),
            HttpHeaders.ContentType to listOf(contentTypeOf(contentType).toString()),
        )
    }

    override fun toString(): String = "MultipartForm(${parts.size} parts)"

    internal fun toBody(): BodySource {
        val parts = parts.toList()
        return object : BodySource {
            override suspend fun content(
                loop: EventLoop,
                exchange: Exchange,
            ): OutgoingContent {
                val sizes = loop.runInExecutor(null) { parts.map { part -> part.path?.let(Files::size) } }.await()
                return MultiPartFormDataContent(
                    formData {
                        parts.zip(sizes) { part, size ->
                            if (part.path == null) {
                                append(part.name, part.bytes!!, part.headers)
                            } else {
                                append(part.name, ChannelProvider(size) { part.path.readChannel() }, part.headers)
                            }
                        }
                    },
                )
            }
        }
    }

    private companion object {
        const val OCTETS = "application/octet-stream"
    }
}
