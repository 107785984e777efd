package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionContext
import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.currentTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import java.net.BindException
import java.net.ConnectException
import java.net.InetSocketAddress
import java.net.SocketException
import java.net.UnknownHostException

class ServerTest {
    @Test
    fun servesSeveralConnectionsAtOnce() =
        streamTest {
            echoServer().use { server ->
                val connections = List(20) { openConnection(LOOPBACK, server.port) }
                connections.forEachIndexed { i, c -> c.writer.write("hello $i\n".toByteArray()) }
                connections.mapIndexed { i, c -> c.reader.readLine().text() == "hello $i\n" }.all { it } shouldBe true
                connections.forEach { it.close() }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun aChosenPortIsTold() =
        streamTest {
            echoServer().use { server ->
                server.sockets shouldHaveSize 1
                server.localAddresses shouldBe listOf(InetSocketAddress(LOOPBACK, server.port))
                server.toString() shouldBe "Server(/127.0.0.1:${server.port}, open, 0 connections)"
            }
        }

    @Test
    fun listensOnEveryAddressWithoutAHost() =
        streamTest {
            startServer(null, 0) { _, writer -> writer.write("hi".toByteArray()) }.use { server ->
                openConnection(LOOPBACK, server.port).use { it.reader.read().text() shouldBe "hi" }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun theConnectionIsClosedWhenItsHandlerEnds() =
        streamTest {
            startServer(LOOPBACK, 0) { _, writer -> writer.write("bye".toByteArray()) }.use { server ->
                openConnection(LOOPBACK, server.port).use { it.reader.read().text() shouldBe "bye" }
            }
        }

    @Test
    fun aFailingHandlerIsReportedAndTheServerGoesOn() =
        streamTest {
            val reported = recordFailures()
            startServer(LOOPBACK, 0) { reader, writer ->
                check(reader.readLine().text() != "fail\n") { "as you wish" }
                writer.write("fine".toByteArray())
            }.use { server ->
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("fail\n".toByteArray())
                    reader.read().size shouldBe 0
                }
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("go on\n".toByteArray())
                    reader.read().text() shouldBe "fine"
                }
            }
            reported.single().message shouldStartWith "The handler of the connection from 127.0.0.1:"
            reported.single().exception?.message shouldBe "as you wish"
        }

    @Test
    fun aCancelledHandlerClosesItsConnectionSilently() =
        streamTest {
            val reported = recordFailures()
            startServer(LOOPBACK, 0) { _, _ -> currentTask()?.cancel() }.use { server ->
                openConnection(LOOPBACK, server.port).use { it.reader.read().size shouldBe 0 }
            }
            reported.shouldBeEmpty()
        }

    @Test
    fun closeStopsListeningAndLeavesConnectionsOpen() =
        streamTest {
            val server = echoServer()
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("before".toByteArray())
                reader.readExactly(6)
                server.close()
                server.isServing() shouldBe false
                server.sockets.shouldBeEmpty()
                passes(2)
                shouldThrow<ConnectException> { openConnection(LOOPBACK, server.port) }
                writer.write("after".toByteArray())
                reader.readExactly(5).text() shouldBe "after"
            }
            server.waitClosed()
        }

    @Test
    fun aHandlerMayCloseItsOwnServerMoreThanOnce() =
        streamTest {
            lateinit var server: Server
            server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    server.close()
                    writer.write(reader.readLine())
                    server.close()
                    server.closeClients()
                    server.closeClients()
                }
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("last\n".toByteArray())
                reader.read().text() shouldBe "last\n"
            }
            server.waitClosed()
            server.close()
        }

    @Test
    fun waitClosedReturnsOnlyWhenClosedAndWithoutConnections() =
        streamTest {
            val server = echoServer()
            val wait = createTask { server.waitClosed() }
            passes(3)
            wait.done() shouldBe false
            val (reader, writer) = openConnection(LOOPBACK, server.port)
            writer.write("x".toByteArray())
            reader.readExactly(1)
            wait.done() shouldBe false
            server.close()
            passes(3)
            wait.done() shouldBe false
            writer.close()
            wait.await()
            server.waitClosed()
        }

    @Test
    fun cancellingServeForeverClosesTheServer() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            passes(2)
            shouldThrow<IllegalStateException> { server.serveForever() }
            serving.cancel()
            shouldThrow<CancelledException> { serving.await() }
            server.isServing() shouldBe false
            shouldThrow<IllegalStateException> { server.serveForever() }
        }

    @Test
    fun closeEndsServeForever() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            passes(2)
            server.close()
            shouldThrow<CancelledException> { serving.await() }
        }

    @Test
    fun aPortInUseIsNamed() =
        streamTest {
            rawServer().use { taken ->
                val failure = shouldThrow<BindException> { startServer(LOOPBACK, taken.localPort) { _, _ -> } }
                failure.message shouldBe "Cannot listen on 127.0.0.1:${taken.localPort}: Address already in use"
            }
        }

    @Test
    fun anUnknownHostIsNamed() =
        streamTest {
            val failure = shouldThrow<UnknownHostException> { startServer("no-such-host.invalid", 1) { _, _ -> } }
            failure.message shouldContain "no-such-host.invalid:1"
        }

    @Test
    fun cancellingStartServerLeavesNothing() =
        streamTest {
            val task = createTask { startServer("localhost", 0) { _, _ -> } }
            passes(1)
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            shouldBeClean()
        }

    @Test
    fun aServerLeftOpenIsClosedWithTheLoop() {
        val port = runLoop { echoServer().port }
        streamTest { startServer(LOOPBACK, port) { _, _ -> }.close() }
    }

    @Test
    fun aConnectionThatCannotFlushIsClosedWithTheLoop() {
        val tooMuch = 16 * 1024 * 1024
        val peer =
            runLoop {
                val server =
                    startServer(LOOPBACK, 0) { reader, writer ->
                        writer.write(ByteArray(tooMuch))
                        reader.read()
                    }
                rawClient(server.port).also { it.receive(1) }
            }
        peer.soTimeout = 10_000
        // Whether the system sends what it has taken over is up to it; that the connection is over is not.
        val rest =
            try {
                peer.use { it.getInputStream().readAllBytes().size }
            } catch (_: SocketException) {
                0
            }
        rest shouldBeLessThan tooMuch - 1
    }

    @Test
    fun aResetByTheClientReachesTheHandler() =
        streamTest {
            val reported = recordFailures()
            startServer(LOOPBACK, 0) { reader, _ -> reader.read() }.use { server ->
                val client = rawClient(server.port)
                client.send("half a requ")
                passUntil { watchedKeys().size == 2 }
                client.reset()
                passUntil { reported.isNotEmpty() }
                server.close()
                server.waitClosed()
            }
            reported.single().exception!!.message shouldContain "was lost: Connection reset"
        }

    private fun recordFailures(): List<ExceptionContext> {
        val reported = ArrayList<ExceptionContext>()
        runningLoop().exceptionHandler = ExceptionHandler { _, context -> reported += context }
        return reported
    }
}
