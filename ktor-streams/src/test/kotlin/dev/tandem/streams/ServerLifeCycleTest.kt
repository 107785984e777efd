package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import java.net.BindException
import java.net.Inet6Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.StandardSocketOptions
import java.nio.channels.ServerSocketChannel

/** Starting and ending servers; what they do with a connection is in [ServerTest]. */
class ServerLifeCycleTest {
    @Test
    fun aServerThatDoesNotServeYetLetsClientsWait() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0, startServing = false) { _, writer -> writer.write("hi".toByteArray()) }
            server.isServing() shouldBe false
            server.toString() shouldContain "not serving yet"
            openConnection(LOOPBACK, server.port).use { (reader, _) ->
                val answer = createTask { reader.read() }
                passes(5)
                answer.done() shouldBe false
                server.startServing()
                server.isServing() shouldBe true
                answer.await().text() shouldBe "hi"
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun serveForeverStartsToServe() =
        streamTest {
            val server = startServer(LOOPBACK, 0, startServing = false) { _, _ -> }
            val serving = createTask { server.serveForever() }
            openConnection(LOOPBACK, server.port).use { it.reader.read().size shouldBe 0 }
            serving.cancel()
            shouldThrow<CancelledException> { serving.await() }
        }

    @Test
    fun aClosedServerCannotServeAgain() =
        streamTest {
            val server = startServer(LOOPBACK, 0, startServing = false) { _, _ -> }
            server.close()
            server.close()
            shouldThrow<IllegalStateException> { server.startServing() }.message shouldContain "cannot serve any more"
            server.waitClosed()
        }

    @Test
    fun theServerKnowsItsLoop() =
        streamTest {
            startServer(LOOPBACK, 0) { _, _ -> }.use { it.loop shouldBeSameInstanceAs runningLoop() }
        }

    @Test
    fun closeClientsEndsWhatHandlersRead() =
        streamTest {
            val ends = ArrayList<Int>()
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    writer.write("go".toByteArray())
                    ends += reader.read().size
                }
            val clients = List(3) { openConnection(LOOPBACK, server.port) }
            clients.forEach { it.reader.readExactly(2) }
            server.close()
            server.closeClients()
            server.waitClosed()
            passUntil { ends.size == 3 }
            ends shouldBe listOf(0, 0, 0)
            clients.forEach { it.use { (reader, _) -> reader.read().size shouldBe 0 } }
        }

    @Test
    fun closeClientsSendsWhatWasWritten() =
        streamTest {
            val much = 4 * 1024 * 1024
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    writer.write(ByteArray(much))
                    reader.read()
                }
            openConnection(LOOPBACK, server.port).use { (reader, _) ->
                reader.readExactly(1)
                server.close()
                server.closeClients()
                reader.read().size shouldBe much - 1
            }
            server.waitClosed()
        }

    @Test
    fun abortClientsDropsWhatWasWritten() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    writer.write(ByteArray(16 * 1024 * 1024))
                    reader.read()
                }
            rawClient(server.port).use { neverReads ->
                passUntil { "1 connections" in server.toString() }
                passes(2)
                server.close()
                server.abortClients()
                server.waitClosed()
                neverReads.isConnected shouldBe true
            }
        }

    @Test
    fun aCancelledServeForeverWaitsForItsClients() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("x".toByteArray())
                reader.readExactly(1)
                serving.cancel()
                passes(3)
                server.isServing() shouldBe false
                serving.done() shouldBe false
                writer.write("y".toByteArray())
                reader.readExactly(1).text() shouldBe "y"
            }
            shouldThrow<CancelledException> { serving.await() }
        }

    @Test
    fun closeClientsEndsTheWaitOfServeForever() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("x".toByteArray())
                reader.readExactly(1)
                serving.cancel()
                passes(3)
                server.closeClients()
                shouldThrow<CancelledException> { serving.await() }
                reader.read().size shouldBe 0
            }
        }

    @Test
    fun aSecondCancellationDoesNotWaitForClients() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("x".toByteArray())
                reader.readExactly(1)
                serving.cancel()
                passes(3)
                serving.cancel()
                shouldThrow<CancelledException> { serving.await() }
                writer.write("y".toByteArray())
                reader.readExactly(1).text() shouldBe "y"
            }
            server.waitClosed()
        }

    @Test
    fun closeLeavesServeForeverWaitingForItsClients() =
        streamTest {
            val server = echoServer()
            val serving = createTask { server.serveForever() }
            openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                writer.write("x".toByteArray())
                reader.readExactly(1)
                server.close()
                passes(3)
                serving.done() shouldBe false
                writer.write("y".toByteArray())
                reader.readExactly(1).text() shouldBe "y"
            }
            shouldThrow<CancelledException> { serving.await() }
        }

    @Test
    fun severalHostsShareAPortThatTheSystemChose() =
        streamTest {
            assumeTrue(hasIpv6(), "needs IPv6 on the loopback interface")
            val server =
                startServer(listOf(LOOPBACK, "::1", LOOPBACK), 0) { _, writer -> writer.write("hi".toByteArray()) }
            server.use {
                server.localAddresses shouldBe listOf(LOOPBACK, "::1").map { InetSocketAddress(it, server.port) }
                server.sockets shouldHaveSize 2
                for (host in listOf(LOOPBACK, "::1")) {
                    openConnection(host, server.port).use { it.reader.read().text() shouldBe "hi" }
                }
            }
            server.waitClosed()
            server.sockets.shouldBeEmpty()
        }

    @Test
    fun withoutAHostOneSocketServesBothFamilies() =
        streamTest {
            assumeTrue(hasIpv6(), "needs IPv6 on the loopback interface")
            startServer(null, 0) { _, writer -> writer.write("hi".toByteArray()) }.use { server ->
                server.sockets shouldHaveSize 1
                for (host in listOf(LOOPBACK, "::1")) {
                    openConnection(host, server.port).use { it.reader.read().text() shouldBe "hi" }
                }
            }
        }

    @Test
    fun bothWildcardsAreOneSocket() =
        streamTest {
            startServer(listOf("0.0.0.0", "::"), 0) { _, _ -> }.use { it.sockets shouldHaveSize 1 }
        }

    @Test
    fun allAddressesOfIpv4AreNotThoseOfIpv6() =
        streamTest {
            startServer("0.0.0.0", 0) { _, _ -> }.use { server ->
                val address = server.localAddresses.single() as InetSocketAddress
                (address.address is Inet6Address) shouldBe false
            }
        }

    @Test
    fun ofSeveralHostsOneThatIsTakenFailsAll() =
        streamTest {
            rawServer().use { taken ->
                shouldThrow<BindException> { startServer(listOf("127.0.0.2", LOOPBACK), taken.localPort) { _, _ -> } }
            }
        }

    @Test
    fun noHostAtAllIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { startServer(emptyList(), 0) { _, _ -> } }
        }

    @Test
    fun aSharedPortIsSharedWithWhoAsksForTheSame() =
        streamTest {
            assumeTrue(hasReusePort(), "needs SO_REUSEPORT")
            startServer(LOOPBACK, 0, reusePort = true) { _, _ -> }.use { one ->
                startServer(LOOPBACK, one.port, reusePort = true) { _, _ -> }.use { two -> two.port shouldBe one.port }
                shouldThrow<BindException> { startServer(LOOPBACK, one.port) { _, _ -> } }
            }
        }

    @Test
    fun optionsReachTheSockets() =
        streamTest {
            startServer(LOOPBACK, 0, reuseAddress = false, keepAlive = true) { _, writer ->
                writer.write("hi".toByteArray())
            }.use { server ->
                server.sockets.single().getOption(StandardSocketOptions.SO_REUSEADDR) shouldBe false
                openConnection(LOOPBACK, server.port).use { it.reader.read().text() shouldBe "hi" }
            }
        }

    @Test
    fun optionsAreCheckedAtTheCall() =
        streamTest {
            shouldThrow<IllegalArgumentException> { startServer(LOOPBACK, 0, backlog = 0) { _, _ -> } }
            shouldThrow<IllegalArgumentException> { startServer(LOOPBACK, 0, loops = 0) { _, _ -> } }
            shouldThrow<IllegalArgumentException> { startServer(LOOPBACK, 65536) { _, _ -> } }
        }

    private fun hasIpv6() = NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null

    private fun hasReusePort() =
        ServerSocketChannel.open().use { StandardSocketOptions.SO_REUSEPORT in it.supportedOptions() }
}
