package dev.tandem.http

import dev.tandem.EventLoop
import dev.tandem.http.internal.BodySource
import dev.tandem.http.internal.Exchange
import dev.tandem.http.internal.writeFile
import io.ktor.client.request.forms.MultiPartFormDataContent
import io.ktor.http.Headers
import io.ktor.http.HeadersBuilder
import io.ktor.http.HttpHeaders
import io.ktor.http.content.OutgoingContent
import io.ktor.http.content.PartData
import io.ktor.http.headersOf
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.writer
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
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
    ): Headers =
        headersOf(
            HttpHeaders.ContentDisposition to listOf("filename=${quoted(fileName)}"),
            HttpHeaders.ContentType to listOf(contentTypeOf(contentType).toString()),
        )

    override fun toString(): String = "MultipartForm(${parts.size} parts)"

    internal fun toBody(): BodySource {
        val parts = parts.toList()
        return object : BodySource {
            override suspend fun content(
                loop: EventLoop,
                exchange: Exchange,
            ): OutgoingContent {
                val sizes = loop.runInExecutor(null) { parts.map { part -> part.path?.let(Files::size) } }.await()
                return MultiPartFormDataContent(parts.zip(sizes) { part, size -> dataOf(part, size, exchange) })
            }
        }
    }

    private fun dataOf(
        part: Part,
        fileSize: Long?,
        exchange: Exchange,
    ): PartData {
        val headers = HeadersBuilder()
        headers.append(HttpHeaders.ContentDisposition, "form-data; name=${quoted(part.name)}")
        headers.appendAll(part.headers)
        headers.append(HttpHeaders.ContentLength, "${fileSize ?: part.bytes!!.size}")
        val open = {
            if (fileSize == null) {
                ByteReadChannel(part.bytes!!)
            } else {
                CoroutineScope(exchange.uploads + Dispatchers.IO)
                    .writer { writeFile(part.path!!, fileSize, channel) }
                    .channel
            }
        }
        return PartData.BinaryChannelItem(open, headers.build())
    }

    /** As browsers do: servers take an apostrophe or a semicolon without quotes for something else. */
    private fun quoted(name: String) = "\"" + name.filterNot(Char::isISOControl).replace("\"", "%22") + "\""

    private companion object {
        const val OCTETS = "application/octet-stream"
    }
}
