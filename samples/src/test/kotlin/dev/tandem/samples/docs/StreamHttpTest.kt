package dev.tandem.samples.docs

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.net.InetSocketAddress
import java.nio.file.Path
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import kotlin.io.path.writeText

/** What the examples about HTTP print, in both languages, is what the comments in them say. */
class StreamHttpTest {
    @TempDir
    lateinit var directory: Path

    private val asked = AtomicInteger()
    private val threads = Executors.newCachedThreadPool()
    private val server =
        HttpServer.create(InetSocketAddress("localhost", 0), 0).apply {
            executor = threads
            createContext("/greeting") { it.answer("Hello, " + it.requestURI.query.substringAfter("name=")) }
            createContext("/pages/") { it.answer("page " + it.requestURI.path.substringAfterLast('/')) }
            createContext("/orders") { it.answer(it.requestBody.readAllBytes().decodeToString()) }
            createContext("/echo") { it.answer(it.requestBody.readAllBytes().decodeToString()) }
            createContext("/busy-at-first") {
                if (asked.incrementAndGet() % 2 == 1) it.answer("", 503) else it.answer("at last")
            }
            createContext("/silent") { }
            start()
        }
    private val base = "http://localhost:${server.address.port}/"

    @AfterEach
    fun stop() {
        server.stop(0)
        threads.shutdownNow()
    }

    @Test
    fun oneRequest() {
        kotlin { fetchOne(base) } shouldBe "200 text/plain: Hello, Ada"
        java { StreamHttp.get(base) } shouldBe "200: Hello, Ada"
    }

    @Test
    fun manyRequests() {
        kotlin { fetchMany(base) } shouldBe "[page 0, page 1, page 2]"
        java { StreamHttp.many(base) } shouldBe "[page 0, page 1]"
    }

    @Test
    fun json() {
        kotlin { sendJson(base) } shouldBe "tea"
        java { StreamHttp.json(base) } shouldBe "Order[item=tea, size=large]"
    }

    @Test
    fun streams() {
        val file = directory.resolve("file").apply { writeText("four") }
        kotlin { streamBothWays(base, file) } shouldBe "line 0, line 1, line 2, 4 bytes"
        java { StreamHttp.stream(base, file) } shouldBe "line 0, line 1, line 2, 4 bytes"
    }

    @Test
    fun limits() {
        kotlin { limitsAndRetries(base) } shouldBe "at last, too slow, GET http://localhost:1/"
        java { StreamHttp.limits(base) } shouldBe "at last, too slow, GET http://localhost:1/"
    }

    private fun kotlin(example: suspend () -> Unit) = printed { runLoop { example() } }

    private fun java(example: () -> Unit) = printed { Asyncio.run(VoidCallable { example() }) }

    private fun printed(example: () -> Unit) = outputOf(example).trim().lines().joinToString(", ")

    private fun HttpExchange.answer(
        text: String,
        status: Int = 200,
    ) {
        responseHeaders.add("Content-Type", "text/plain")
        sendResponseHeaders(status, text.length.toLong().takeIf { it > 0 } ?: -1)
        responseBody.write(text.toByteArray())
        close()
    }
}
