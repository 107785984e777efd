package dev.tandem.http

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import org.junit.jupiter.params.provider.ValueSource
import java.net.Socket
import kotlin.time.Duration.Companion.seconds

/** Answers whose head is odd or wrong: what can be read is read, and what cannot is a readable exception. */
class AnswerFaultTest {
    @ParameterizedTest
    @ValueSource(
        strings = [
            "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 4, 2\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: four\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 0x4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: nonsense\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nbody\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nbody\r\n0\r\n\r\n",
            "HTTP/1.1 9 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 -200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 99999999999 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 OK\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/9.9 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "ICY 200 OK\r\nContent-Length: 4\r\n\r\nbody",
            "\r\n\r\n",
            "\u0000\u0001\u0002\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\n: no name\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nX: a\rY: b\r\nContent-Length: 4\r\n\r\nbody",
        ],
    )
    fun brokenHeadIsAReadableException(answer: String) =
        answerTest(answer) { session, url ->
            val failure = shouldThrow<ClientException> { session.get(url).text() }
            failure.message!! shouldStartWith "GET $url: "
            failure.message!! shouldNotContain "\n"
            failure.message!!.length shouldBeLessThan 400
        }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX:\r\nEmpty: \r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody",
            "HTTP/1.0 200 OK\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4;x=y\r\nbody\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=klingon\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=\"\"\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Type: ;;;\r\nContent-Length: 4\r\n\r\nbody",
            "HTTP/1.1 200 OK\r\nContent-Encoding: \r\nContent-Length: 4\r\n\r\nbody",
        ],
    )
    fun oddHeadIsRead(answer: String) {
        for (engine in Engine.entries) {
            answerTest(answer, engine) { session, url -> withClue(engine) { session.get(url).text() shouldBe "body" } }
        }
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nContent-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        ],
    )
    fun statusWithoutBodyHasNoneWhateverIsAnnounced(answer: String) =
        answerTest(answer) { session, url -> session.get(url).text() shouldBe "" }

    @ParameterizedTest
    @EnumSource
    internal fun headHasNoBodyWhateverIsAnnounced(engine: Engine) {
        for (length in listOf("Content-Length: 10", "Transfer-Encoding: chunked")) {
            answerTest("HTTP/1.1 200 OK\r\n$length\r\n\r\n", engine) { session, url ->
                session.head(url).text() shouldBe ""
            }
        }
    }

    @Test
    fun statusThatNobodyKnowsIsGiven() =
        answerTest("HTTP/1.1 799 Whatever\r\nContent-Length: 4\r\n\r\nbody") { session, url ->
            session.get(url).use { "${it.status} ${it.reason} ${it.text()}" } shouldBe "799 Whatever body"
        }

    @ParameterizedTest
    @ValueSource(strings = ["100 Continue", "103 Early Hints"])
    fun interimStatusIsNotTakenForTheAnswer(status: String) =
        answerTest("HTTP/1.1 $status\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody") { session, url ->
            shouldThrow<ClientConnectionException> { session.get(url) }.message!! shouldContain
                "GET $url: the server sent the interim status ${status.take(3)}"
        }

    @Test
    fun anotherProtocolIsNotAnAnswer() =
        answerTest("HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\n\r\n") { session, url ->
            shouldThrow<ClientConnectionException> { session.get(url) }.message shouldBe
                "GET $url: the server switches to another protocol, which nobody has asked for"
        }

    /** What CIO does not read; the JDK's client does. When Ktor is better than 3.6.1, this is to fail. */
    @Test
    fun trailersAreAnErrorWithCio() {
        val answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nTrailer: t\r\n\r\n"
        answerTest(answer) { session, url -> shouldThrow<ClientPayloadException> { session.get(url).text() } }
        answerTest(answer, Engine.JDK_ENGINE) { session, url -> session.get(url).text() shouldBe "body" }
    }

    /** CIO reads such a body only with `Connection: close`; the JDK's client reads it. */
    @Test
    fun bodyOfUnknownLengthIsSaidToBeOne() {
        val answer = "HTTP/1.1 200 OK\r\n\r\nbody"
        answerTest(answer) { session, url ->
            shouldThrow<ClientPayloadException> { session.get(url).text() }.message!! shouldContain
                "its length is not announced"
        }
        answerTest(answer, Engine.JDK_ENGINE) { session, url -> session.get(url).text() shouldBe "body" }
    }

    @ParameterizedTest
    @EnumSource
    internal fun endlessHeadersEndWithTheTimeLimit(engine: Engine) =
        httpTest {
            RawServer {
                it.send("HTTP/1.1 200 OK\r\n")
                // Slowly, since memory is what they fill until then.
                while (true) it.send("X: and another one\r\n").also { Thread.sleep(1) }
            }.use { server ->
                ClientSession(engine = engine.factory, timeout = ClientTimeout(total = 1.seconds)).use { session ->
                    shouldThrow<dev.tandem.TimeoutException> { session.get(server.url()) }.message!! shouldContain
                        "the limit `total`"
                }
            }
        }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "=value", "", ";;;", "{}", "good=1; Max-Age=soon", "x=1; \$x-enc=NONSENSE", "x=%zz; \$x-enc=URI_ENCODING",
            "x=!; \$x-enc=BASE64_ENCODING", "x=\u0001", "x=1; Domain=other.example", "x=1; Domain=.", "x=1; Path=\"",
        ],
    )
    fun cookieThatMakesNoSenseLeavesTheOthers(cookie: String) {
        val cookies = "Set-Cookie: $cookie\r\nSet-Cookie: a=b; Expires=nonsense\r\n"
        val answer = "HTTP/1.1 200 OK\r\n${cookies}Content-Length: 4\r\n\r\nbody"
        answerTest(answer) { session, url ->
            session.get(url).use { response ->
                response.text() shouldBe "body"
                response.cookies.map { it.name }.filter { it == "a" } shouldContainExactly listOf("a")
            }
            session.get(url).text() shouldBe "body"
        }
    }

    private fun answerTest(
        answer: String,
        engine: Engine = Engine.CIO_ENGINE,
        body: suspend (ClientSession, String) -> Unit,
    ) = httpTest {
        RawServer { it.send(answer) }.use { server ->
            ClientSession(engine = engine.factory, timeout = ClientTimeout(total = 20.seconds)).use { session ->
                val sockets = openSockets()
                body(session, server.url())
                session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                // With CIO, no connection outlives its request; the JDK's client may keep one for the next.
                if (engine == Engine.CIO_ENGINE) eventually { openSockets() <= sockets }
            }
        }
    }
}
