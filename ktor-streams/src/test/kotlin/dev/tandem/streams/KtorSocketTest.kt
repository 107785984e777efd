package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.awaitClosed
import io.ktor.network.sockets.isClosed
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.cancel
import io.ktor.utils.io.readBuffer
import io.ktor.utils.io.readByteArray
import io.ktor.utils.io.writeFully
import io.ktor.utils.io.writeStringUtf8
import kotlinx.coroutines.cancel
import kotlinx.io.readByteArray
import org.junit.jupiter.api.Test
import java.io.IOException

class KtorSocketTest {
    private val identity = Identity.selfSigned()

    @Test
    fun ktorsChannelsTalkToAStream() =
        ktorTest { socket, server ->
            val input = socket.openReadChannel()
            val output = socket.openWriteChannel(autoFlush = true)
            output.writeStringUtf8("ping")
            input.readByteArray(4).text() shouldBe "ping"
            (socket.remoteAddress as InetSocketAddress).port shouldBe server.port
            socket.close()
            socket.awaitClosed()
            socket.isClosed shouldBe true
        }

    @Test
    fun thePumpsRunOnTheLoopsThread() =
        ktorTest { socket, _ ->
            val before = ktorsThreads()
            val input = socket.openReadChannel()
            val output = socket.openWriteChannel(autoFlush = true)
            repeat(100) {
                output.writeStringUtf8("ping")
                input.readByteArray(4)
            }
            (ktorsThreads() - before).shouldBeEmpty()
            (socket.coroutineContext[kotlin.coroutines.ContinuationInterceptor] === runningLoop()) shouldBe true
            socket.close()
            socket.awaitClosed()
        }

    @Test
    fun closingTheWriteChannelEndsOnlyThatDirection() =
        ktorTest { socket, _ ->
            val input = socket.openReadChannel()
            val output = socket.openWriteChannel()
            output.writeStringUtf8("all of it")
            output.flushAndClose()
            input.readBuffer().readByteArray().text() shouldBe "all of it"
            // Both channels have ended, and so has the socket.
            socket.awaitClosed()
        }

    @Test
    fun closeSendsWhatWasWritten() =
        streamTest {
            rawServer().use { server ->
                val socket = openConnection(LOOPBACK, server.localPort).asKtorSocket()
                val output = socket.openWriteChannel()
                val large = ByteArray(1024 * 1024) { 'x'.code.toByte() }
                val peer = server.accept()
                val received = createTask { peer.receiveAll().length }
                output.writeFully(large)
                output.writeStringUtf8("!")
                socket.close()
                socket.close()
                received.await() shouldBe large.size + 1
                socket.awaitClosed()
                peer.close()
            }
        }

    @Test
    fun aSlowPeerSlowsTheWriterDown() =
        streamTest {
            rawServer().use { server ->
                val connection = openConnection(LOOPBACK, server.localPort)
                val output = connection.asKtorSocket().openWriteChannel()
                val peer = server.accept()
                var written = 0
                val writing =
                    createTask { repeat(4096) { output.writeFully(ByteArray(8192)).also { written += 8192 } } }
                // Until nothing moves any more: the system's buffers and ours are full.
                var before = -1
                while (written != before) {
                    before = written
                    passes(200)
                }
                (connection.writer.writeBufferSize() < 256 * 1024) shouldBe true
                writing.done() shouldBe false
                writing.cancel()
                peer.reset()
                passUntil { connection.writer.isClosing() }
            }
        }

    @Test
    fun aResetIsTheChannelsFailure() =
        streamTest {
            rawServer().use { server ->
                val socket = openConnection(LOOPBACK, server.localPort).asKtorSocket()
                val input = socket.openReadChannel()
                val peer = server.accept()
                peer.reset()
                shouldThrow<IOException> { input.readByteArray(1) }
                passUntil { socket.isClosed }
            }
        }

    @Test
    fun cancellingTheWriteChannelResetsTheConnection() =
        streamTest {
            rawServer().use { server ->
                val socket = openConnection(LOOPBACK, server.localPort).asKtorSocket()
                val output = socket.openWriteChannel(autoFlush = true)
                server.accept().use { peer ->
                    output.writeStringUtf8("half of")
                    peer.receive(7) shouldBe "half of"
                    output.cancel(IOException("given up"))
                    passUntil { socket.isClosed }
                }
            }
        }

    @Test
    fun cancellingTheScopeClosesTheConnection() =
        streamTest {
            rawServer().use { server ->
                val socket = openConnection(LOOPBACK, server.localPort).asKtorSocket()
                socket.openReadChannel()
                socket.openWriteChannel()
                server.accept().use { peer ->
                    passes(2)
                    socket.cancel()
                    peer.receiveAll() shouldBe ""
                    passUntil { socket.isClosed }
                }
            }
        }

    @Test
    fun aSocketThatWasNeverReadIsClosedAsWell() =
        ktorTest { socket, _ ->
            socket.close()
            socket.awaitClosed()
        }

    @Test
    fun tlsIsTheSame() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val socket = openConnection(LOOPBACK, server.port, identity.trustOptions).asKtorSocket()
                val input = socket.openReadChannel()
                val output = socket.openWriteChannel(autoFlush = true)
                output.writeStringUtf8("secret")
                input.readByteArray(6).text() shouldBe "secret"
                socket.close()
                socket.awaitClosed()
            }
        }

    @Test
    fun aHandlerMayUseKtorsChannels() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    val socket = ktorSocket(reader, writer)
                    val output = socket.openWriteChannel()
                    val request = socket.openReadChannel().readBuffer().readByteArray()
                    output.writeFully(request.reversedArray())
                    output.flushAndClose()
                    socket.awaitClosed()
                }
            server.useToTheEnd {
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("abc".toByteArray())
                    writer.writeEof()
                    reader.read().text() shouldBe "cba"
                }
            }
        }

    @Test
    fun theEndsOfTwoStreamsMakeNoSocket() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0).useToTheEnd { server ->
                openConnection(LOOPBACK, server.port).use { one ->
                    openConnection(LOOPBACK, server.port).use { other ->
                        shouldThrow<IllegalArgumentException> { ktorSocket(one.reader, other.writer) }
                    }
                }
            }
        }

    private fun ktorTest(body: suspend (Socket, Server) -> Unit) =
        streamTest {
            createServer(::Echo, LOOPBACK, 0).useToTheEnd { server ->
                body(openConnection(LOOPBACK, server.port).asKtorSocket(), server)
            }
        }

    /** The threads that Ktor's own pumps would run on. */
    private fun ktorsThreads() =
        Thread
            .getAllStackTraces()
            .keys
            .map { it.name }
            .filter { "DefaultDispatcher" in it }
            .toSet()
}
