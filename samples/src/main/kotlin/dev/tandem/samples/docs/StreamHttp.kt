package dev.tandem.samples.docs

import dev.tandem.TimeoutException
import dev.tandem.createTask
import dev.tandem.gather
import dev.tandem.http.ClientConnectionException
import dev.tandem.http.ClientSession
import dev.tandem.http.ClientTimeout
import dev.tandem.http.RetryOptions
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The Kotlin examples about HTTP in the documentation; a test runs them against the server they expect. */
suspend fun fetchOne(base: String) {
    // region http-get
    ClientSession(baseUrl = base).use { session ->
        session.get("greeting") { param("name", "Ada") }.use { response ->
            println("${response.status} ${response.contentType}: ${response.text()}")
        }
    }
    // 200 text/plain: Hello, Ada
    // endregion
}

suspend fun fetchMany(base: String) {
    ClientSession(baseUrl = base).use { session ->
        // region http-many
        val pages =
            gather(List(3) { page -> createTask { session.get("pages/$page").use { it.text() } } }).await()
        println(pages)
        // [page 0, page 1, page 2]
        // endregion
    }
}

suspend fun sendJson(base: String) {
    ClientSession(baseUrl = base).use { session ->
        // region http-json
        val order = session.post("orders") { json(mapOf("item" to "tea", "size" to "large")) }
        println(order.raiseForStatus().json<Map<String, String>>()["item"])
        // tea
        // endregion
    }
}

suspend fun streamBothWays(
    base: String,
    file: Path,
) {
    ClientSession(baseUrl = base).use { session ->
        // region http-stream
        session
            .put("echo") {
                stream("text/plain") { body ->
                    // a task of its own: it may wait for whatever it likes
                    repeat(3) { body.write("line $it\n") }
                }
            }.use { response ->
                for (line in response.content.lines()) println(line)
            }
        session.put("echo") { body(file) }.use { response ->
            println("${response.content.saveTo(file.resolveSibling("copy"))} bytes")
        }
        // line 0, line 1, line 2, 4 bytes
        // endregion
    }
}

suspend fun limitsAndRetries(base: String) {
    // region http-limits
    val session =
        ClientSession(
            baseUrl = base,
            timeout = ClientTimeout(total = 30.seconds, connect = 5.seconds),
            retry = RetryOptions(2, baseDelay = 10.milliseconds),
            limit = 20, // requests at once
            limitPerHost = 10,
        )
    session.use {
        println(session.get("busy-at-first").use { it.text() })
        try {
            session.get("silent") { timeout(ClientTimeout(total = 200.milliseconds)) }
        } catch (_: TimeoutException) {
            println("too slow")
        }
        try {
            session.get("http://localhost:1/")
        } catch (e: ClientConnectionException) {
            println(e.message!!.substringBefore(": "))
        }
    }
    // at last, too slow, GET http://localhost:1/
    // endregion
}
