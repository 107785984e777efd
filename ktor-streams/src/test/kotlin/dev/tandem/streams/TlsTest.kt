package dev.tandem.streams

import dev.tandem.VirtualClock
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.Socket
import javax.net.ssl.SSLSocket
import kotlin.random.Random

/** What a TLS stream carries, and how it ends. */
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
    fun closingSendsFarewellAndWaitsForThePeersEnd() =
        streamTest {
            throughRelay(authority) { connection, relay ->
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
    fun inTls13APeerThatHasSaidFarewellIsStillAnswered() =
        streamTest {
            val options = identity.serverOptions.withProtocols("TLSv1.3")
            startServer(LOOPBACK, 0, options) { reader, writer -> writer.write(reader.read()) }.use { server ->
                val answer =
                    toThread {
                        val client =
                            authority.trustOptions.context.socketFactory
                                .createSocket(LOOPBACK, server.port) as SSLSocket
                        client.use {
                            it.getOutputStream().write("to the end".toByteArray())
                            it.shutdownOutput()
                            it.getInputStream().readAllBytes().text()
                        }
                    }
                answer shouldBe "to the end"
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun inTls12FarewellEndsBothDirections() =
        streamTest {
            val outcome = runningLoop().createFuture<String>()
            val options = identity.serverOptions.withProtocols("TLSv1.2")
            startServer(LOOPBACK, 0, options) { reader, writer ->
                outcome.complete(reader.read().text())
                writer.write("too late".toByteArray())
                shouldThrow<ConnectionResetException> { writer.drain() }
            }.use { server ->
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { (_, writer) ->
                    writer.write("to the end".toByteArray())
                }
                outcome.await() shouldBe "to the end"
                server.close()
                server.waitClosed()
            }
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
}
