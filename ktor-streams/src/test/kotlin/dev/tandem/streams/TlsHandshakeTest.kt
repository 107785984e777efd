package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.Task
import dev.tandem.VirtualClock
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.Socket
import java.net.SocketTimeoutException
import java.nio.ByteBuffer
import java.time.Duration
import javax.net.ssl.SSLEngineResult.HandshakeStatus
import javax.net.ssl.SSLHandshakeException

/** Handshakes that fail. */
class TlsHandshakeTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    @Test
    fun aPeerWithoutTlsIsQuoted() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
                shouldThrow<NotTlsException> { connecting.await() }.message shouldBe
                    "127.0.0.1:${peer.localPort} does not speak TLS: it answered \"HTTP/1.1 400 Bad Request\""
            }
        }

    @Test
    fun aPeerThatEndsTheConnectionInTheHandshakeIsNamed() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                toThread { peer.getInputStream().read(ByteArray(10_000)) }
                peer.close()
                shouldThrow<SSLHandshakeException> { connecting.await() }.message shouldBe
                    "127.0.0.1:${peer.localPort} ended the connection during the TLS handshake"
            }
        }

    @Test
    fun aResetInTheHandshakeIsNamed() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                toThread { peer.getInputStream().read(ByteArray(10_000)) }
                peer.reset()
                shouldThrow<ConnectionResetException> { connecting.await() }.message shouldStartWith
                    "The connection to 127.0.0.1:${peer.localPort} was lost"
            }
        }

    @Test
    fun aSilentPeerRunsIntoTheTimeLimitOfTheHandshake() =
        streamTest(VirtualClock()) {
            rawServer().use { server ->
                val options = authority.trustOptions.withHandshakeTimeout(Duration.ofSeconds(7))
                val failure =
                    shouldThrow<SocketTimeoutException> { openConnection(LOOPBACK, server.localPort, options) }
                failure.message shouldBe "The TLS handshake with 127.0.0.1:${server.localPort} was not over after 7s"
            }
        }

    @Test
    fun differentProtocolsAreTold() =
        streamTest {
            echoServer(identity.serverOptions.withProtocols("TLSv1.2")).use { server ->
                val options = authority.trustOptions.withProtocols("TLSv1.3")
                shouldThrow<SSLHandshakeException> { openConnection(LOOPBACK, server.port, options) }.message shouldBe
                    "The TLS handshake with 127.0.0.1:${server.port} failed: it sent the alert protocol_version"
            }
            passUntil { watchedKeys().isEmpty() }
        }

    @Test
    fun aServerIgnoresClientsThatDoNotSpeakTls() =
        streamTest {
            val reported = ArrayList<String>()
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> reported += context.message }
            echoServer(identity.serverOptions).use { server ->
                rawClient(server.port).use { client ->
                    client.send("GET / HTTP/1.0\r\n\r\n")
                    runCatching { client.receiveAll() }
                }
                openConnection(LOOPBACK, server.port, authority.trustOptions).close()
                server.close()
                server.waitClosed()
            }
            reported.shouldBeEmpty()
        }

    @Test
    fun inDebugModeAServerTellsWhatAClientWithoutTlsHasSent() =
        streamTest {
            val reported = ArrayList<String?>()
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> reported += context.exception?.message }
            runningLoop().debug = true
            echoServer(identity.serverOptions).use { server ->
                rawClient(server.port).use { client ->
                    client.send("GET / HTTP/1.0\r\n\r\n")
                    passUntil { reported.isNotEmpty() }
                }
            }
            runningLoop().debug = false
            reported.single() shouldEndWith " does not speak TLS: it sent \"GET / HTTP/1.0\""
        }

    @Test
    fun cancellingInTheHandshakeLeavesNothing() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, _ ->
                passUntil { watchedKeys().isNotEmpty() }
                connecting.cancel()
                shouldThrow<CancelledException> { connecting.await() }
                shouldBeClean()
            }
        }

    @Test
    fun bytesThatAreNoRecordAreNotQuoted() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                peer.getOutputStream().write(byteArrayOf(1, 2, 3, 4, 5, 6, 7, 8))
                shouldThrow<NotTlsException> { connecting.await() }.message shouldBe
                    "127.0.0.1:${peer.localPort} does not speak TLS: it answered with bytes that are no TLS record"
            }
        }

    @Test
    fun anOversizedRecordEndsTheHandshake() =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                val header = byteArrayOf(22, 3, 3, 0xFF.toByte(), 0xFF.toByte())
                runCatching { peer.getOutputStream().write(header + ByteArray(60_000)) }
                shouldThrow<SSLHandshakeException> { connecting.await() }.message shouldStartWith
                    "The TLS handshake with 127.0.0.1:${peer.localPort} failed: "
            }
        }

    @ParameterizedTest
    @ValueSource(ints = [1, 5, 60, 127, 133, 300])
    fun aResetAfterSomeOfTheServersAnswerLeavesNothing(count: Int) =
        streamTest {
            withRawPeer(authority.trustOptions) { connecting, peer ->
                val hello = ByteArray(10_000)
                val size = toThread { peer.getInputStream().read(hello) }
                peer.getOutputStream().write(answerTo(hello.copyOf(size)).copyOf(count))
                peer.reset()
                shouldThrow<ConnectionResetException> { connecting.await() }
                shouldBeClean()
            }
        }

    @ParameterizedTest
    @ValueSource(ints = [0, 1, 5, 100])
    fun aResetAfterSomeOfTheClientsHelloLeavesNothing(count: Int) =
        streamTest {
            startServer(LOOPBACK, 0, identity.serverOptions) { _, _ -> error("there was no handshake") }.use { server ->
                val client = rawClient(server.port)
                client.getOutputStream().write(clientHello(authority.trustOptions).copyOf(count))
                passUntil { watchedKeys().size == 2 }
                client.reset()
                passUntil { watchedKeys().size == 1 }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun aPeerThatStopsInTheMiddleRunsIntoTheTimeLimit() =
        streamTest(VirtualClock()) {
            val options = authority.trustOptions.withHandshakeTimeout(Duration.ofSeconds(7))
            withRawPeer(options) { connecting, peer ->
                peer.getOutputStream().write(byteArrayOf(22, 3, 3, 0, 80, 2))
                shouldThrow<SocketTimeoutException> { connecting.await() }
            }
        }

    @Test
    fun aClientThatStopsInTheMiddleIsDroppedAtTheTimeLimit() =
        streamTest {
            val options = identity.serverOptions.withHandshakeTimeout(Duration.ofMillis(50))
            startServer(LOOPBACK, 0, options) { _, _ -> error("there was no handshake") }.use { server ->
                rawClient(server.port).use { client ->
                    client.getOutputStream().write(clientHello(authority.trustOptions).copyOf(100))
                    runCatching { client.receiveAll() }.getOrDefault("") shouldBe ""
                }
                server.close()
                server.waitClosed()
            }
        }

    /** The records that a server answers [hello] with. */
    private fun answerTo(hello: ByteArray): ByteArray {
        val engine =
            identity.serverOptions.context
                .createSSLEngine()
                .apply { useClientMode = false }
        val nothing = ByteBuffer.allocate(0)
        val records = ByteBuffer.allocate(100_000)
        engine.unwrap(ByteBuffer.wrap(hello), nothing)
        while (engine.handshakeStatus == HandshakeStatus.NEED_TASK) engine.delegatedTask?.run()
        while (engine.handshakeStatus == HandshakeStatus.NEED_WRAP) engine.wrap(nothing, records)
        return records.array().copyOf(records.position())
    }

    private suspend fun withRawPeer(
        options: TlsOptions,
        body: suspend (Task<Connection>, Socket) -> Unit,
    ) {
        rawServer().use { server ->
            val connecting = createTask { openConnection(LOOPBACK, server.localPort, options) }
            toThread { server.accept() }.use { body(connecting, it) }
        }
    }
}
