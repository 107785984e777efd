package dev.tandem.http

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.sleep
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.io.RandomAccessFile
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** What is sent and received: texts, JSON, forms, files, streams. */
class ClientBodyTest {
    @TempDir
    lateinit var directory: Path

    @Test
    fun jsonGoesBothWays() =
        echoTest { session ->
            session.post("") { json(mapOf("a" to 1)) }.use { response ->
                response.json<Map<String, Int>>() shouldBe mapOf("a" to 1)
                response.headers["X-Type"] shouldBe "application/json"
            }
        }

    @Test
    fun textSaysItsCharset() =
        echoTest { session ->
            session.post("") { body("grün", "text/html") }.use { response ->
                response.text() shouldBe "grün"
                response.headers["X-Type"] shouldBe "text/html; charset=utf-8"
            }
        }

    @Test
    fun formIsEncoded() =
        echoTest { session ->
            session.post("") { form("a b" to "c&d") }.text() shouldBe "a+b=c%26d"
            session.post("") { form("tag" to "a", "x" to "1", "tag" to "b") }.text() shouldBe "tag=a&tag=b&x=1"
        }

    @Test
    fun fileIsStreamed() =
        echoTest { session ->
            val file = directory.resolve("big.txt").apply { writeText("0123456789".repeat(100_000)) }
            val target = directory.resolve("copy.txt")
            session.put("") { body(file) }.use { it.content.saveTo(target) } shouldBe 1_000_000L
            target.readText() shouldBe file.readText()
        }

    @Test
    fun fileAndConnectionOfACancelledDownloadAreClosed() =
        echoTest { session ->
            // Opening it to write waits for somebody who reads, and cannot be interrupted.
            val pipe = directory.resolve("pipe")
            assumeTrue(makePipe(pipe), "mkfifo, of Debian's coreutils")
            val response = session.post("") { body("text") }
            val saving = createTask { response.content.saveTo(pipe) }
            sleep(Duration.ZERO)
            saving.cancel()
            shouldThrow<CancelledException> { saving.await() }
            session.toString() shouldBe "ClientSession(open, 0 requests under way)"
            RandomAccessFile(pipe.toFile(), "rw").use { eventually { openings(pipe) == 1 } }
        }

    @Test
    fun fileThatIsNotThereFailsTheCall() =
        echoTest { session ->
            shouldThrow<NoSuchFileException> { session.put("") { body(directory.resolve("none")) } }
            session.toString() shouldBe "ClientSession(open, 0 requests under way)"
        }

    @Test
    fun multipartFormHasFieldsAndFiles() =
        echoTest { session ->
            val file = directory.resolve("notes.txt").apply { writeText("from the disk") }
            val response =
                session.post("") {
                    multipart {
                        field("title", "holidays")
                        file("notes", file, "text/plain")
                        file("raw", "a.bin", byteArrayOf(65))
                    }
                }
            val parts = response.text().split(Regex("--[^\r\n]{20,}\r\n")).filter { it.isNotEmpty() }
            parts.map { it.substringAfter("\r\n\r\n").lines().first() } shouldContainExactly
                listOf("holidays", "from the disk", "A")
            parts[1] shouldContain "form-data; name=\"notes\"; filename=\"notes.txt\""
        }

    @Test
    fun namesInAMultipartFormAreQuoted() =
        echoTest { session ->
            val text = session.post("") { multipart { file("it's", "a\"b;c=d.txt", ByteArray(0)) } }.text()
            text shouldContain "form-data; name=\"it's\"; filename=\"a%22b;c=d.txt\"\r\n"
        }

    @Test
    fun fileThatGrowsWhileItIsSentIsSentAsItWas() =
        changedFileTest("before and after") { upload ->
            upload()
                .trimEnd()
                .lines()
                .dropLast(1)
                .last() shouldBe "before"
        }

    @Test
    fun fileThatShrinksWhileItIsSentFailsTheRequest() =
        changedFileTest("") { upload ->
            shouldThrow<ClientConnectionException> { upload() }.message!! shouldContain "became shorter"
        }

    @Test
    fun bodyIsWrittenWhileItIsSent() =
        echoTest { session ->
            session
                .post("") {
                    stream("text/plain") { writer ->
                        repeat(3) {
                            sleep(Duration.ZERO)
                            writer.write("piece $it;")
                        }
                    }
                }.text() shouldBe "piece 0;piece 1;piece 2;"
        }

    @Test
    fun flowIsABody() =
        echoTest { session ->
            session.post("") { stream(flowOf("a".toByteArray(), "b".toByteArray())) }.text() shouldBe "ab"
        }

    @Test
    fun failureOfWhoWritesTheBodyIsThatOfTheRequest() =
        echoTest { session ->
            val failure =
                shouldThrow<IllegalStateException> {
                    session.post("") {
                        stream {
                            it.write("begun")
                            error("no more")
                        }
                    }
                }
            failure.message shouldBe "no more"
        }

    @Test
    fun linesComeOneByOne() =
        echoTest { session ->
            val lines = ArrayList<String>()
            session.post("") { body("one\r\ntwo\n\nfour") }.use { response ->
                for (line in response.content.lines()) lines += line
            }
            lines shouldContainExactly listOf("one", "two", "", "four")
        }

    @Test
    fun lineOverTheLimitIsRefused() =
        echoTest { session ->
            session.post("") { body("short\n" + "x".repeat(100_000)) }.use { response ->
                val lines = response.content.lines(limit = 1000)
                lines.hasNext() shouldBe true
                lines.next() shouldBe "short"
                shouldThrow<ClientPayloadException> { lines.hasNext() }
            }
        }

    @Test
    fun contentIsAFlowAndGivesEachByteOnce() =
        echoTest { session ->
            session.post("") { body("abcdef") }.use { response ->
                response.content.read(2).decodeToString() shouldBe "ab"
                response.content
                    .asFlow()
                    .toList()
                    .joinToString("") { it.decodeToString() } shouldBe "cdef"
                response.content.read().size shouldBe 0
            }
        }

    @Test
    fun progressIsToldOnTheLoop() =
        echoTest { session ->
            val here = Thread.currentThread()
            val strangers = ArrayList<Thread>()
            var sent = 0L
            var received = 0L
            val response =
                session.post("") {
                    body(ByteArray(300_000) { 65 })
                    onUpload { bytes, _ ->
                        sent = bytes
                        if (Thread.currentThread() !== here) strangers += Thread.currentThread()
                    }
                    onDownload { bytes, total ->
                        received = bytes
                        total shouldBe 300_000L
                    }
                }
            response.bytes().size shouldBe 300_000
            sent shouldBe 300_000L
            received shouldBe 300_000L
            strangers.shouldBeEmpty()
        }

    @Test
    fun statusThrowsWithTheBeginningOfTheBody() =
        httpTest {
            JdkServer("/" to { it.answer("no such user\n" + "x".repeat(5000), 404) }).use { server ->
                ClientSession().use { session ->
                    val response = session.get(server.url())
                    val failure = shouldThrow<ClientResponseException> { response.raiseForStatus() }
                    failure.message shouldBe "GET ${server.url()} was answered with 404 Not Found: no such user"
                    failure.status shouldBe 404
                    failure.body.length shouldBe 1024
                }
            }
        }

    @Test
    fun serverThatIsAlwaysQuickerThanTheReaderLeavesOthersTheirTurn() =
        httpTest {
            val size = 50_000_000
            RawServer { socket ->
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: $size\r\n\r\n")
                socket.getOutputStream().write(ByteArray(size))
            }.use { server ->
                ClientSession().use { session ->
                    var turns = 0
                    val other = createTask { while (true) sleep(Duration.ZERO).also { turns++ } }
                    session.get(server.url()).bytes().size shouldBe size
                    (turns >= size / (512 * 1024)) shouldBe true
                    other.cancel()
                    shouldThrow<CancelledException> { other.await() }
                }
            }
        }

    @Test
    fun slowReaderHoldsTheServerBack() =
        httpTest {
            val sent =
                java.util.concurrent.atomic
                    .AtomicLong()
            val total = 200L * 1024 * 1024
            RawServer { socket ->
                socket.send("HTTP/1.1 200 OK\r\nContent-Length: $total\r\n\r\n")
                val piece = ByteArray(64 * 1024)
                while (sent.get() < total) {
                    socket.getOutputStream().write(piece)
                    sent.addAndGet(piece.size.toLong())
                }
            }.use { server ->
                ClientSession().use { session ->
                    session.get(server.url()).use { response ->
                        response.content.read().size
                        // Stands still: what the sockets and the engine take.
                        var before = -1L
                        while (sent.get() != before) {
                            before = sent.get()
                            sleep(Duration.parse("300ms"))
                        }
                        (before < total / 4) shouldBe true
                    }
                }
            }
        }

    /** The file has another [content] once the server has the head; what comes before it is more than sockets hold. */
    private fun changedFileTest(
        content: String,
        check: suspend (suspend () -> String) -> Unit,
    ) = httpTest {
        val first = directory.resolve("first").apply { writeText("x".repeat(32_000_000)) }
        val file = directory.resolve("second").apply { writeText("before") }
        val handler = { it: com.sun.net.httpserver.HttpExchange ->
            file.writeText(content)
            it.answer(it.body.takeLast(200))
        }
        JdkServer("/" to handler).use { server ->
            ClientSession(timeout = ClientTimeout(total = 20.seconds)).use { session ->
                check {
                    session
                        .post(server.url()) {
                            multipart {
                                file("first", first)
                                file("second", file)
                            }
                        }.text()
                }
            }
        }
    }

    private fun makePipe(path: Path): Boolean =
        try {
            ProcessBuilder("mkfifo", "$path").start().waitFor() == 0
        } catch (_: IOException) {
            false
        }

    /** How often this process has [path] open. */
    private fun openings(path: Path): Int =
        Files.list(Path.of("/proc/self/fd")).use { all ->
            all.filter { runCatching { Files.readSymbolicLink(it) == path }.getOrDefault(false) }.count().toInt()
        }

    private fun echoTest(body: suspend (ClientSession) -> Unit) =
        httpTest {
            val echo = { it: com.sun.net.httpserver.HttpExchange ->
                val text = it.body
                it.answer(text, 200, "X-Type" to it.requestHeaders.getFirst("Content-Type"))
            }
            JdkServer("/" to echo).use { server -> ClientSession(baseUrl = server.url()).use { body(it) } }
        }
}
