package dev.tandem.samples.http

import dev.tandem.TimeoutException
import dev.tandem.http.ClientResponseException
import dev.tandem.http.ClientSession
import dev.tandem.http.ClientTimeout
import dev.tandem.runLoop
import java.nio.file.Files
import kotlin.io.path.deleteExisting
import kotlin.io.path.fileSize
import kotlin.time.Duration.Companion.milliseconds

/** The programs of aiohttp's client quickstart, one function for each, against a server that this starts itself. */
fun main() =
    LocalPages().use { pages ->
        runLoop {
            ClientSession(baseUrl = pages.url, headers = mapOf("User-Agent" to "quickstart")).use { session ->
                makeARequest(session)
                passParameters(session)
                readJson(session)
                postAForm(session)
                postJson(session)
                postAFile(session)
                streamTheResponse(session)
                shareCookies(session)
                raiseForStatus(session)
                limitTheTime(session)
            }
        }
    }

private suspend fun makeARequest(session: ClientSession) {
    session.get("get").use { response ->
        println("Status: ${response.status}")
        println("Content-type: ${response.contentType}")
        println("Body: ${response.text()}")
    }
}

private suspend fun passParameters(session: ClientSession) {
    val response =
        session.get("get") {
            param("key1", "value 1")
            param("key2", 2)
        }
    println("Asked: ${response.use { it.url.substringAfter("/get") }}")
}

private suspend fun readJson(session: ClientSession) {
    val answer = session.get("get") { param("key", "value") }.use { it.json<Map<String, String>>() }
    println("JSON: ${answer["key"]}, asked by ${answer["agent"]}")
}

private suspend fun postAForm(session: ClientSession) {
    println("Form: ${session.post("post") { form("name" to "Ada", "age" to "36") }.use { it.text() }}")
}

private suspend fun postJson(session: ClientSession) {
    println("Sent as JSON: ${session.post("post") { json(mapOf("name" to "Ada")) }.use { it.text() }}")
}

private suspend fun postAFile(session: ClientSession) {
    val file = Files.writeString(Files.createTempFile("report", ".txt"), "from the disk")
    try {
        println("File: ${session.post("post") { body(file, "text/plain") }.use { it.text() }}")
        val form =
            session.post("post") {
                multipart {
                    field("title", "report")
                    file("report", file, "text/plain")
                }
            }
        println("Form with a file: ${form.use { it.json<Map<String, String>>().getValue("type") }}")
    } finally {
        file.deleteExisting()
    }
}

private suspend fun streamTheResponse(session: ClientSession) {
    session.get("lines").use { response ->
        for (line in response.content.lines()) println("Line: $line")
    }
    val file = Files.createTempFile("lines", ".txt")
    try {
        session.get("lines").use { it.content.saveTo(file) }
        println("Saved: ${file.fileSize()} bytes")
    } finally {
        file.deleteExisting()
    }
}

private suspend fun shareCookies(session: ClientSession) {
    session.get("cookies/set") { param("answer", 42) }.use { response ->
        println("After ${response.history.size} redirect: ${response.text()}")
    }
    println("Later: ${session.get("cookies").use { it.text() }}")
}

private suspend fun raiseForStatus(session: ClientSession) {
    try {
        session.get("missing").raiseForStatus()
    } catch (e: ClientResponseException) {
        println("Refused: ${e.status}, ${e.body}")
    }
}

private suspend fun limitTheTime(session: ClientSession) {
    try {
        session.get("silent") { timeout(ClientTimeout(total = 200.milliseconds)) }
    } catch (_: TimeoutException) {
        println("Too slow")
    }
}
