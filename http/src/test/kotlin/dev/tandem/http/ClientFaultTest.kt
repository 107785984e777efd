package dev.tandem.http

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket

/** Servers that break the protocol, or off: a readable exception, and no socket left. */
class ClientFaultTest {
    @ParameterizedTest
    @EnumSource
    internal fun refusedConnectionNamesTheRequest(engine: Engine) =
        httpTest {
            val port = ServerSocket(0, 1, InetAddress.getByName(LOOPBACK)).use { it.localPort }
            ClientSession(engine = engine.factory).use { session ->
                val failure = shouldThrow<ClientConnectionException> { session.get("http://$LOOPBACK:$port/x") }
                failure.message!! shouldContain "GET http://127.0.0.1:$port/x: cannot connect: "
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun hostThatDoesNotExistIsSaid(engine: Engine) =
        httpTest {
            ClientSession(engine = engine.factory).use { session ->
                val failure = shouldThrow<ClientConnectionException> { session.get("http://nowhere.invalid/") }
                failure.message shouldBe "GET http://nowhere.invalid/: the host is not known"
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun connectionClosedBeforeTheAnswer(engine: Engine) = faultyHead(engine, "") { it.close() }

    @ParameterizedTest
    @EnumSource
    internal fun connectionResetBeforeTheAnswer(engine: Engine) = faultyHead(engine, "") { it.reset() }

    @ParameterizedTest
    @EnumSource
    internal fun headThatIsCutOff(engine: Engine) = faultyHead(engine, "HTTP/1.1 200 OK\r\nContent-Le") { it.close() }

    @Test
    fun answerThatIsNotHttp() = faultyHead(Engine.CIO_ENGINE, "SSH-2.0-OpenSSH_9.2\r\n\r\n") { it.close() }

    @ParameterizedTest
    @EnumSource
    internal fun bodyShorterThanAnnounced(engine: Engine) =
        faultyBody(engine, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { it.close() }

    @ParameterizedTest
    @EnumSource
    internal fun resetInTheBody(engine: Engine) =
        faultyBody(engine, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") { it.reset() }

    @ParameterizedTest
    @EnumSource
    internal fun chunkThatIsCutOff(engine: Engine) =
        faultyBody(engine, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf") { it.close() }

    @ParameterizedTest
    @EnumSource
    internal fun chunkOfNonsense(engine: Engine) =
        faultyBody(engine, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhalf") { it.close() }

    /** Ktor 3.6.1's CIO takes it for the end, as docs/streams.md says: this test is to fail when that is better. */
    @Test
    fun chunksThatEndWithoutTheLastOneAreNotNoticedByCio() =
        httpTest {
            val answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
            RawServer { it.send(answer) }.use { server ->
                ClientSession().use { it.get(server.url()).text() shouldBe "half" }
                ClientSession(engine = Engine.JDK_ENGINE.factory).use { session ->
                    shouldThrow<ClientException> { session.get(server.url()).text() }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun contentTypeThatIsNoneLeavesTheBodyReadable(engine: Engine) =
        httpTest {
            val answer = "HTTP/1.1 200 OK\r\nContent-Type: nonsense\r\nContent-Length: 4\r\n\r\nbody"
            RawServer { it.send(answer) }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    session.get(server.url()).use { response ->
                        response.contentType shouldBe null
                        response.text() shouldBe "body"
                    }
                }
            }
        }

    @Test
    fun headerThatIsTooLongIsRefused() =
        faultyHead(Engine.CIO_ENGINE, "HTTP/1.1 200 OK\r\nX: " + "a".repeat(100_000) + "\r\n\r\n") { it.awaitEnd() }

    @Test
    fun bodyOverTheLimitIsRefusedBeforeItIsRead() =
        httpTest {
            val answer = "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n"
            RawServer {
                it.send(answer)
                it.awaitEnd()
            }.use { server ->
                ClientSession(maxBodySize = 1000).use { session ->
                    val response = session.get(server.url())
                    shouldThrow<ClientPayloadException> { response.bytes() }.message!! shouldContain
                        "larger than 1000 bytes"
                }
            }
        }

    @Test
    fun bodyThatGrowsOverTheLimitIsRefused() =
        httpTest {
            val answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
            RawServer {
                it.send(answer)
                while (true) it.send("a".repeat(1000))
            }.use { server ->
                ClientSession(maxBodySize = 100_000).use { session ->
                    shouldThrow<ClientPayloadException> { session.get(server.url()).text() }
                }
            }
        }

    private fun faultyHead(
        engine: Engine,
        head: String,
        end: (Socket) -> Unit,
    ) = httpTest {
        RawServer {
            it.send(head)
            end(it)
        }.use { server ->
            ClientSession(engine = engine.factory).use { session ->
                val failure = shouldThrow<ClientConnectionException> { session.get(server.url()) }
                failure.message!! shouldContain "GET ${server.url()}: "
            }
        }
    }

    private fun faultyBody(
        engine: Engine,
        answer: String,
        end: (Socket) -> Unit,
    ) = httpTest {
        RawServer {
            it.send(answer)
            end(it)
        }.use { server ->
            ClientSession(engine = engine.factory).use { session ->
                shouldThrow<ClientException> { session.get(server.url()).text() }.message!! shouldContain
                    "GET ${server.url()}: "
            }
        }
    }
}
