package dev.tandem.http

import com.sun.net.httpserver.HttpExchange
import dev.tandem.createTask
import dev.tandem.sleep
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.MethodSource
import java.net.Socket
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** Bodies that come compressed, whole and broken. */
class DecompressionTest {
    @ParameterizedTest
    @MethodSource("dev.tandem.http.CompressedKt#eachEngineAndWay")
    internal fun bodyIsDecompressed(
        engine: Engine,
        way: Compressed,
    ) = httpTest {
        JdkServer("/" to { it.answerEncoded(way.encoding, way.bytes(TEXT)) }).use { server ->
            ClientSession(engine = engine.factory).use { session ->
                session.get(server.url()).use { response ->
                    response.headers["Content-Encoding"] shouldBe way.encoding
                    response.contentLength shouldBe way.bytes(TEXT).size.toLong()
                    response.text() shouldBe TEXT.decodeToString()
                }
                session.toString() shouldBe "ClientSession(open, 0 requests under way)"
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    internal fun bodyIsDecompressedFromSingleBytesAndChunks(engine: Engine) =
        httpTest {
            val head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
            RawServer { socket ->
                socket.send(head)
                for (byte in Compressed.GZIP_WITH_ALL_FIELDS.bytes("slowly".toByteArray())) {
                    socket.getOutputStream().write("1\r\n".toByteArray() + byte + "\r\n".toByteArray())
                }
                socket.send("0\r\n\r\n")
            }.use { server ->
                ClientSession(engine = engine.factory).use { it.get(server.url()).text() shouldBe "slowly" }
            }
        }

    @Test
    fun serversAreToldWhatIsWelcome() {
        val told = ArrayList<String?>()
        httpTest {
            JdkServer(
                "/" to {
                    told += it.requestHeaders.getFirst("Accept-Encoding")
                    it.answer()
                },
            ).use { server ->
                ClientSession().use { session ->
                    session.get(server.url()).close()
                    session.get(server.url()) { header("Accept-Encoding", "identity") }.close()
                    session.get(server.url()) { autoDecompress(false) }.close()
                }
                ClientSession(autoDecompress = false).use { it.get(server.url()).close() }
            }
        }
        told shouldContainExactly listOf("gzip, deflate", "identity", null, null)
    }

    @Test
    fun withoutDecompressionTheBodyIsGivenAsItComes() =
        httpTest {
            val gzip = Compressed.GZIP.bytes(TEXT)
            JdkServer("/" to { it.answerEncoded("gzip", gzip) }).use { server ->
                ClientSession(autoDecompress = false).use { it.get(server.url()).bytes() shouldBe gzip }
                ClientSession().use { session ->
                    session.get(server.url()) { autoDecompress(false) }.bytes() shouldBe gzip
                }
            }
        }

    @Test
    fun otherEncodingsAreGivenAsTheyCome() =
        httpTest {
            val body = "as it is".toByteArray()
            JdkServer(
                "/br" to { it.answerEncoded("br", body) },
                "/twice" to { it.answerEncoded("gzip, gzip", body) },
                "/identity" to { it.answerEncoded("identity", body) },
            ).use { server ->
                ClientSession(baseUrl = server.url()).use { session ->
                    listOf("br", "twice", "identity").map { session.get(it).text() } shouldContainExactly
                        List(3) { "as it is" }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun bodyWithoutBytesIsEmpty(engine: Engine) =
        httpTest {
            val head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
            val ends = ArrayDeque(listOf("Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
            RawServer { it.send(head + ends.removeFirst()) }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    repeat(2) { session.get(server.url()).text() shouldBe "" }
                }
            }
        }

    @Test
    fun headOfACompressedBodyHasNone() =
        httpTest {
            val head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"
            RawServer { it.send(head) }.use { server ->
                ClientSession().use { session ->
                    session.head(server.url()).use { response ->
                        response.contentLength shouldBe 100
                        response.text() shouldBe ""
                    }
                }
            }
        }

    @Test
    fun linesAndFilesAreOfTheDecompressedBody(
        @TempDir directory: Path,
    ) = httpTest {
        val text = "one\ntwo\n"
        JdkServer("/" to { it.answerEncoded("gzip", Compressed.GZIP.bytes(text.toByteArray())) }).use { server ->
            ClientSession(baseUrl = server.url()).use { session ->
                val lines = ArrayList<String>()
                for (line in session.get("").content.lines()) lines += line
                lines shouldContainExactly listOf("one", "two")
                val file = directory.resolve("copy")
                session.get("").content.saveTo(file) shouldBe text.length.toLong()
                file.readText() shouldBe text
            }
        }
    }

    @Test
    fun progressIsOfWhatTheServerSends() =
        httpTest {
            val gzip = Compressed.GZIP.bytes(TEXT)
            val told = ArrayList<Pair<Long, Long?>>()
            JdkServer("/" to { it.answerEncoded("gzip", gzip) }).use { server ->
                ClientSession().use { session ->
                    session.get(server.url()) { onDownload { bytes, total -> told += bytes to total } }.text()
                }
            }
            told.last() shouldBe (gzip.size.toLong() to gzip.size.toLong())
        }

    @Test
    fun statusIsToldWithTheDecompressedBeginning() =
        httpTest {
            val gzip = Compressed.GZIP.bytes("no such page".toByteArray())
            JdkServer("/" to { it.answerEncoded("gzip", gzip, 404) }).use { server ->
                ClientSession(raiseForStatus = true).use { session ->
                    shouldThrow<ClientResponseException> { session.get(server.url()) }.body shouldBe "no such page"
                }
            }
        }

    // ---- what is broken, or bad -----------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("dev.tandem.http.CompressedKt#eachEngineAndDamage")
    internal fun damagedBodyIsAnErrorAndClosesTheConnection(
        engine: Engine,
        damage: Damage,
    ) = httpTest {
        JdkServer("/" to { it.answerEncoded(damage.encoding, damage.bytes(TEXT)) }).use { server ->
            ClientSession(engine = engine.factory).use { session ->
                val failure = shouldThrow<ClientPayloadException> { session.get(server.url()).text() }
                failure.message!! shouldContain "GET ${server.url()}: the body "
                failure.message!! shouldContain damage.message
                session.toString() shouldBe "ClientSession(open, 0 requests under way)"
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    internal fun bodyThatWasCutOffOnTheWayIsAnError(engine: Engine) =
        httpTest {
            val gzip = Compressed.GZIP.bytes(TEXT)
            RawServer {
                it.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.size}\r\n\r\n")
                it.getOutputStream().write(gzip, 0, gzip.size / 2)
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    shouldThrow<ClientException> { session.get(server.url()).text() }.message!! shouldContain
                        "GET ${server.url()}: "
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun limitOfABodyCountsWhatItIsDecompressed(engine: Engine) =
        httpTest {
            val bomb = Compressed.GZIP.bytes(ByteArray(20_000_000))
            JdkServer("/" to { it.answerEncoded("gzip", bomb) }).use { server ->
                ClientSession(maxBodySize = 1_000_000, engine = engine.factory).use { session ->
                    shouldThrow<ClientPayloadException> { session.get(server.url()).bytes() }.message!! shouldContain
                        "larger than 1000000 bytes"
                    session.get(server.url()) { maxBodySize(20_000_000) }.bytes().size shouldBe 20_000_000
                }
            }
        }

    @Test
    fun endlessBodyIsHeldBackByWhoReadsSlowlyAndLetsOthersRun() =
        httpTest {
            RawServer { it.sendEndlessGzip() }.use { server ->
                ClientSession().use { session ->
                    session.get(server.url()).use { response ->
                        var turns = 0
                        val other = createTask { while (true) sleep(Duration.ZERO).also { turns++ } }
                        var read = 0L
                        while (read < 100_000_000) read += response.content.read().size
                        // A thousand times smaller on the way: hardly any of that needed the network.
                        (turns > 500) shouldBe true
                        other.cancel()
                        eventually { other.done() }
                    }
                }
            }
        }

    @Test
    fun timeLimitEndsABodyThatIsAllHeader() =
        httpTest {
            RawServer {
                it.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
                // With a file name that never ends.
                it.getOutputStream().write(byteArrayOf(31, -117, 8, 8, 0, 0, 0, 0, 0, 3))
                while (true) it.send("a".repeat(100_000))
            }.use { server ->
                ClientSession(timeout = ClientTimeout(total = 2.seconds)).use { session ->
                    val failure = shouldThrow<dev.tandem.TimeoutException> { session.get(server.url()).text() }
                    failure.message!! shouldContain "the limit `total`"
                }
            }
        }

    @Test
    fun timeLimitEndsAnEndlessBody() =
        httpTest {
            RawServer { it.sendEndlessGzip() }.use { server ->
                ClientSession(timeout = ClientTimeout(total = 2.seconds)).use { session ->
                    shouldThrow<dev.tandem.TimeoutException> {
                        session.get(server.url()).use { response ->
                            while (response.content.hasNext()) response.content.next()
                        }
                    }.message!! shouldContain "the limit `total`"
                }
            }
        }

    @Test
    fun responseThatIsLeftInTheMiddleOfItsDataCanBeClosed() =
        httpTest {
            JdkServer("/" to { it.answerEncoded("gzip", Compressed.GZIP.bytes(ByteArray(1_000_000))) }).use { server ->
                ClientSession().use { session ->
                    val response = session.get(server.url())
                    response.content.read(10).size shouldBe 10
                    response.close()
                    shouldThrow<IllegalStateException> { response.content.read() }.message!! shouldContain "is closed"
                }
            }
        }

    private fun HttpExchange.answerEncoded(
        encoding: String,
        body: ByteArray,
        status: Int = 200,
    ) {
        responseHeaders.add("Content-Encoding", encoding)
        sendResponseHeaders(status, body.size.toLong())
        responseBody.write(body)
    }

    private fun Socket.sendEndlessGzip() {
        send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        val gzip = java.util.zip.GZIPOutputStream(getOutputStream())
        val zeros = ByteArray(1024 * 1024)
        while (true) gzip.write(zeros)
    }

    private companion object {
        val TEXT =
            List(20_000) {
                "line $it of a text that is long enough to need several pieces"
            }.joinToString("\n").toByteArray()
    }
}
