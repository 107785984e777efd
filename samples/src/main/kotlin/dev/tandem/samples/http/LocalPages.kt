package dev.tandem.samples.http

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import kotlinx.serialization.json.Json
import java.io.ByteArrayOutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.URLDecoder
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.Executors
import java.util.zip.GZIPOutputStream

/**
 * A web server on this machine, for trying the programs about HTTP: says what it was asked, as httpbin.org does, and
 * has pages to download, some of which fail in the ways in which pages do.
 */
class LocalPages : AutoCloseable {
    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
    private val busy = ConcurrentHashMap.newKeySet<String>()
    private val server =
        HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0).apply {
            executor = threads
            createContext("/get") {
                it.answerJson(it.parameters + ("agent" to it.requestHeaders.getFirst("User-Agent")))
            }
            createContext("/post") {
                val type = it.requestHeaders.getFirst("Content-Type").substringBefore(';')
                it.answerJson(mapOf("type" to type, "data" to it.requestBody.readAllBytes().decodeToString()))
            }
            createContext("/cookies/set") {
                it.parameters.forEach { (name, value) -> it.responseHeaders.add("Set-Cookie", "$name=$value; Path=/") }
                it.responseHeaders.add("Location", "/cookies")
                it.answer("", status = 302)
            }
            createContext("/cookies") { it.answerJson(mapOf("cookies" to it.requestHeaders.getFirst("Cookie"))) }
            createContext("/lines") { it.answer("one\ntwo\nthree\n") }
            createContext("/missing") { it.answer("There is no such page.", status = 404) }
            createContext("/silent") { }
            createContext("/pages/") { servePage(it, it.requestURI.path.substringAfterLast('/')) }
            start()
        }

    /** Where it is; ends with `/`. */
    val url: String = "http://localhost:${server.address.port}/"

    /** The pages to download, those that can be had first. */
    val pages: List<String> =
        listOf("small", "large", "compressed", "busy-at-first", "missing", "cut-off", "silent")
            .map { "${url}pages/$it" }

    private fun servePage(
        exchange: HttpExchange,
        page: String,
    ) {
        when (page) {
            "small" -> exchange.answer("A small page.\n")
            "large" -> exchange.answer("A line of a large page.\n".repeat(100_000))
            "compressed" -> exchange.answerCompressed("A line of a page that is compressed.\n".repeat(10_000))
            "busy-at-first" -> if (busy.add(page)) exchange.answer("", status = 503) else exchange.answer("At last.\n")
            "cut-off" -> exchange.cutOff()
            // Never answers: the time limit is to end that.
            "silent" -> Unit
            else -> exchange.answer("There is no such page.", status = 404)
        }
    }

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }
}

private val HttpExchange.parameters: Map<String, String>
    get() =
        requestURI.rawQuery.orEmpty().split('&').filter { '=' in it }.associate {
            URLDecoder.decode(it.substringBefore('='), Charsets.UTF_8) to
                URLDecoder.decode(it.substringAfter('='), Charsets.UTF_8)
        }

private fun HttpExchange.answerJson(value: Map<String, String?>) {
    responseHeaders.add("Content-Type", "application/json")
    answer(Json.encodeToString(value))
}

private fun HttpExchange.answer(
    text: String,
    status: Int = 200,
) = answer(text.toByteArray(), status)

private fun HttpExchange.answer(
    bytes: ByteArray,
    status: Int = 200,
) = use {
    requestBody.readAllBytes()
    sendResponseHeaders(status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
    responseBody.write(bytes)
}

private fun HttpExchange.answerCompressed(text: String) {
    val compressed = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(text.toByteArray()) } }
    responseHeaders.add("Content-Encoding", "gzip")
    answer(compressed.toByteArray())
}

private fun HttpExchange.cutOff() =
    use {
        sendResponseHeaders(200, 1000)
        responseBody.write("The beginning.\n".toByteArray())
        responseBody.flush()
    }

private inline fun HttpExchange.use(block: () -> Unit) {
    try {
        block()
    } finally {
        close()
    }
}
