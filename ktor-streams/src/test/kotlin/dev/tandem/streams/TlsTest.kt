package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.Task
import dev.tandem.VirtualClock
import dev.tandem.allTasks
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.Socket
import java.net.SocketTimeoutException
import java.time.Duration
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLSocket
import kotlin.random.Random

class TlsTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun carriesDataBothWays(protocol: String) =
        streamTest {
            echoServer(identity.serverOptions.withProtocols(protocol)).use { server ->
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { (reader, writer) ->
                    writer.toString() shouldContain protocol
                    writer.write("hello\n".toByteArray())
                    reader.readLine().text() shouldBe "hello\n"
                    val sent = Random(1).nextBytes(1_000_000)
                    val receiving = createTask { reader.readExactly(sent.size) }
                    writer.write(sent)
                    writer.drain()
                    receiving.await().contentEquals(sent) shouldBe true
                    writer.close()
                    writer.waitClosed()
                }
                server.close()
                server.waitClosed()
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun theFarewellIsTheEndOfTheStream(protocol: String) =
        streamTest {
            startServer(LOOPBACK, 0, identity.serverOptions.withProtocols(protocol)) { _, writer ->
                writer.write("bye".toByteArray())
            }.use { server ->
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { (reader, _) ->
                    reader.read().text() shouldBe "bye"
                    reader.atEof() shouldBe true
                }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun talksToTheJdksOwnClient() =
        streamTest {
            echoServer(identity.serverOptions).use { server ->
                val answer =
                    toThread {
                        val socket =
                            authority.trustOptions.context.socketFactory
                                .createSocket(LOOPBACK, server.port)
                        socket.use {
                            it.getOutputStream().write("hello".toByteArray())
                            it.getInputStream().readNBytes(5).text()
                        }
                    }
                answer shouldBe "hello"
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun talksToTheJdksOwnServer() =
        streamTest {
            identity.serverOptions.context.serverSocketFactory.createServerSocket(0).use { server ->
                val serving = createTask { toThread { answer(server.accept()) } }
                openConnection(LOOPBACK, server.localPort, authority.trustOptions).use { (reader, writer) ->
                    writer.write("hello".toByteArray())
                    reader.read().text() shouldBe "hello"
                }
                serving.await()
            }
        }

    @Test
    fun anExpiredCertificateIsRefused() =
        refused(authority.issue(until = Identity.YESTERDAY.plusSeconds(60))) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.EXPIRED
            failure.message shouldStartWith "The certificate of $peer has expired (NotAfter: "
        }

    @Test
    fun anExpiredCertificateIsRefusedAlthoughItIsTrustedByItself() {
        val expired = Identity.selfSigned(until = Identity.YESTERDAY.plusSeconds(60))
        refused(expired, expired.trustOptions) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.EXPIRED
        }
    }

    @Test
    fun aCertificateOfTomorrowIsRefused() =
        refused(authority.issue(from = Identity.TOMORROW, until = Identity.TOMORROW.plusSeconds(60))) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.NOT_YET_VALID
        }

    @Test
    fun aCertificateForAnotherHostIsRefused() =
        refused(authority.issue("other.example")) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.WRONG_HOST
            failure.message shouldStartWith "The certificate of $peer is not made out to 127.0.0.1 ("
        }

    @Test
    fun aCertificateFromAnUnknownAuthorityIsRefused() =
        refused(Identity.authority("CN=Somebody else").issue()) { failure, peer ->
            failure.reason shouldBe CertificateVerificationException.Reason.UNTRUSTED
            failure.message shouldStartWith
                "The certificate of $peer is not trusted: no trusted authority has issued it"
        }

    @Test
    fun aSelfSignedCertificateIsRefusedByDefault() =
        refused(Identity.selfSigned(), TlsOptions()) { failure, _ ->
            failure.reason shouldBe CertificateVerificationException.Reason.UNTRUSTED
        }

    @Test
    fun aSelfSignedCertificateCanBeTrusted() =
        streamTest {
            val own = Identity.selfSigned()
            echoServer(own.serverOptions).use { openConnection(LOOPBACK, it.port, own.trustOptions).close() }
            passUntil { watchedKeys().isEmpty() }
        }

    @Test
    fun theServerNameReplacesTheHost() =
        streamTest {
            echoServer(authority.issue("service.example").serverOptions).use { server ->
                val options = authority.trustOptions.withServerName("service.example")
                openConnection(LOOPBACK, server.port, options).close()
                val unverified = authority.trustOptions.withoutHostNameVerification()
                openConnection(LOOPBACK, server.port, unverified).close()
            }
            passUntil { watchedKeys().isEmpty() }
        }

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
    fun anEndWithoutFarewellIsATruncation() =
        streamTest {
            throughRelay { connection, relay ->
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                relay.toClient.shutdownOutput()
                val failure = shouldThrow<TruncatedStreamException> { connection.reader.read() }
                failure.message shouldContain "without the farewell of TLS"
                shouldThrow<TruncatedStreamException> { connection.writer.drain() }
            }
        }

    @Test
    fun aDamagedRecordIsAnError() =
        streamTest {
            throughRelay { connection, relay ->
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                relay.toClient.getOutputStream().write(byteArrayOf(23, 3, 3, 0, 20) + ByteArray(20))
                shouldThrow<SSLException> { connection.reader.read(1) }.message shouldStartWith
                    "The TLS connection to 127.0.0.1:"
            }
        }

    @Test
    fun aResetIsSeenByTheReader() =
        streamTest {
            throughRelay { connection, relay ->
                relay.toClient.reset()
                shouldThrow<ConnectionResetException> { connection.reader.read(1) }
            }
        }

    @Test
    fun recordsThatArriveByteByByteAreReadTheSame() =
        streamTest {
            throughRelay(pieceSize = 1) { connection, _ ->
                connection.writer.write("one byte at a time\n".toByteArray())
                connection.reader.readLine().text() shouldBe "one byte at a time\n"
            }
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
    fun closingSendsFarewellAndWaitsForThePeersEnd() =
        streamTest {
            throughRelay { connection, relay ->
                relay.holdServerEnd = true
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                connection.close()
                val closed = createTask { connection.writer.waitClosed() }
                passes(5)
                closed.done() shouldBe false
                relay.toClient.close()
                closed.await()
            }
        }

    @Test
    fun aPeerThatNeverEndsIsNotWaitedForLongerThanTheLimit() =
        streamTest(VirtualClock()) {
            val server = rawServer()
            val relayed = createTask { toThread { answerHandshake(server.accept()) } }
            val (_, writer) = openConnection(LOOPBACK, server.localPort, authority.trustOptions)
            val peer = relayed.await()
            writer.close()
            writer.waitClosed()
            peer.close()
            server.close()
        }

    @Test
    fun halfCloseIsNotThereWithTls() =
        streamTest {
            echoServer(identity.serverOptions).use { server ->
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { (_, writer) ->
                    writer.canWriteEof() shouldBe false
                    shouldThrow<UnsupportedOperationException> { writer.writeEof() }
                }
            }
            passUntil { watchedKeys().isEmpty() }
        }

    @Test
    fun aPeerThatDoesNotReadMakesDrainWait() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0, identity.serverOptions) { _, _ -> runningLoop().createFuture<Unit>().await() }
            val (_, writer) = openConnection(LOOPBACK, server.port, authority.trustOptions)
            val flood =
                createTask {
                    while (true) {
                        writer.write(ByteArray(16 * 1024))
                        writer.drain()
                    }
                }
            passUntil { writer.writeBufferSize() > 64 * 1024 }
            passes(5)
            (writer.writeBufferSize() < 100 * 1024) shouldBe true
            flood.cancel()
            shouldThrow<CancelledException> { flood.await() }
            writer.abort()
            server.close()
            dev.tandem
                .allTasks()
                .filter { it.name.startsWith("connection from") }
                .forEach { it.cancel() }
            server.waitClosed()
        }

    /** Checks that a client with [options] refuses a server that is [server], and leaves nothing behind. */
    private fun refused(
        server: Identity,
        options: TlsOptions = authority.trustOptions,
        check: (CertificateVerificationException, String) -> Unit,
    ) = streamTest {
        echoServer(server.serverOptions).use { running ->
            val failure =
                shouldThrow<CertificateVerificationException> { openConnection(LOOPBACK, running.port, options) }
            check(failure, "127.0.0.1:${running.port}")
            running.close()
            running.waitClosed()
        }
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

    private fun answer(socket: Socket) {
        socket.use { it.getOutputStream().write(it.getInputStream().readNBytes(5)) }
    }

    /** Shakes hands as a server would, with the JDK's own sockets, and does nothing more. */
    private fun answerHandshake(socket: Socket): Socket {
        val tls =
            identity.serverOptions.context.socketFactory
                .createSocket(socket, null, false) as SSLSocket
        tls.useClientMode = false
        tls.startHandshake()
        return socket
    }

    /** What stands between a client and an echo server. */
    private class Relay(
        val toClient: Socket,
        val toServer: Socket,
    ) {
        @Volatile
        var holdServerEnd = false
    }

    /** Connects to an echo server by way of a relay on threads, which the test may use to do harm. */
    private suspend fun throughRelay(
        pieceSize: Int = 100_000,
        body: suspend (Connection, Relay) -> Unit,
    ) {
        // What happens to the client may happen to the server's handler, too.
        runningLoop().exceptionHandler = ExceptionHandler { _, _ -> }
        val server = echoServer(identity.serverOptions)
        val door = rawServer()
        val connecting = createTask { openConnection(LOOPBACK, door.localPort, authority.trustOptions) }
        val relay = Relay(toThread { door.accept() }, rawClient(server.port))
        val pumps =
            listOf(
                Thread { pump(relay.toClient, relay.toServer, pieceSize) { true } },
                Thread { pump(relay.toServer, relay.toClient, pieceSize) { !relay.holdServerEnd } },
            )
        pumps.forEach { it.start() }
        connecting.await().use { body(it, relay) }
        relay.toServer.reset()
        relay.toClient.close()
        toThread { pumps.forEach { it.join() } }
        server.close()
        server.waitClosed()
        door.close()
    }

    private fun pump(
        from: Socket,
        to: Socket,
        pieceSize: Int,
        passOnEnd: () -> Boolean,
    ) {
        val buffer = ByteArray(pieceSize)
        runCatching {
            to.tcpNoDelay = true
            while (true) {
                val count = from.getInputStream().read(buffer)
                if (count < 0) break
                to.getOutputStream().write(buffer, 0, count)
            }
        }
        if (passOnEnd()) runCatching { to.shutdownOutput() }
    }
}
