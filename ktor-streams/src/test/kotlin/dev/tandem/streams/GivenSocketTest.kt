package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.net.InetSocketAddress
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.DatagramChannel
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.Files
import java.nio.file.Path

/** Sockets that somebody else has bound, connected or accepted. */
class GivenSocketTest {
    private val events = ArrayList<String>()

    @Test
    fun bothEndsOfAConnectionCanBeGiven() =
        streamTest {
            val (connected, accepted) = socketPair()
            openConnection(connected).use { client ->
                openConnection(accepted, limit = 10).use { server ->
                    connected.getOption(StandardSocketOptions.TCP_NODELAY) shouldBe true
                    client.writer.write("hello\n".toByteArray())
                    server.reader.readLine().text() shouldBe "hello\n"
                    server.reader.limit shouldBe 10
                    server.writer.remoteAddress shouldBe client.writer.localAddress
                }
                client.reader.read().text() shouldBe ""
            }
            connected.isOpen shouldBe false
            accepted.isOpen shouldBe false
        }

    @Test
    fun aSocketThatTheLoopHasWatchedCanBeGiven() =
        streamTest {
            val (connected, accepted) = socketPair()
            connected.configureBlocking(false)
            val early = createTask { runningLoop().awaitReadable(connected) }
            accepted.write(ByteBuffer.wrap("later\n".toByteArray()))
            early.await()
            openConnection(connected).use { (reader, _) -> reader.readLine().text() shouldBe "later\n" }
            accepted.close()
        }

    @Test
    fun aUnixSocketThatWasAcceptedNamesWhereItsClientCameTo(
        @TempDir directory: Path,
    ) = streamTest {
        val path = directory.resolve("s")
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { listening ->
            listening.bind(UnixDomainSocketAddress.of(path))
            val connected = SocketChannel.open(UnixDomainSocketAddress.of(path))
            openConnection(listening.accept()).use { server ->
                openConnection(connected).use { client ->
                    server.toString() shouldContain "a client of $path"
                    client.toString() shouldContain "$path"
                    server.writer.write("by file\n".toByteArray())
                    client.reader.readLine().text() shouldBe "by file\n"
                }
            }
        }
    }

    @Test
    fun tlsGoesOverASocketThatIsGivenOnBothSides() =
        streamTest {
            val authority = Identity.authority()
            val identity = authority.issue("mail.example")
            val (connected, accepted) = socketPair()
            val serving =
                createTask {
                    openConnection(accepted).use { (reader, writer) ->
                        writer.startTls(identity.serverOptions, serverSide = true)
                        writer.write(reader.readLine())
                    }
                }
            val trusting = authority.trustOptions.withServerName("mail.example")
            openConnection(connected, trusting).use { (reader, writer) ->
                writer.write("secret\n".toByteArray())
                reader.readLine().text() shouldBe "secret\n"
                writer.tls?.protocol shouldBe "TLSv1.3"
            }
            serving.await()
        }

    @Test
    fun tlsMustKnowWhomToExpect() =
        streamTest {
            val (connected, accepted) = socketPair()
            val failure = shouldThrow<IllegalArgumentException> { openConnection(connected, TlsOptions()) }
            failure.message shouldContain "withServerName()"
            connected.isOpen shouldBe true
            connected.close()
            accepted.close()
        }

    @Test
    fun aSocketIsClosedWhenTlsFails() =
        streamTest {
            val (connected, accepted) = socketPair()
            val closing = createTask { toThread { accepted.use { it.read(ByteBuffer.allocate(1)) } } }
            val options = TlsOptions().withServerName("localhost")
            shouldThrow<IOException> { openConnection(connected, options) }
            closing.await()
            passUntil { !connected.isOpen }
        }

    @Test
    fun aSocketThatIsNotConnectedIsLeftAlone() =
        streamTest {
            SocketChannel.open().use { socket ->
                val failure = shouldThrow<IllegalArgumentException> { openConnection(socket) }
                failure.message shouldEndWith
                    "is not connected. Call connect() before, or have openConnection(host, port) do it."
                socket.isOpen shouldBe true
                socket.isBlocking shouldBe true
            }
            val closed = SocketChannel.open().also { it.close() }
            shouldThrow<IllegalArgumentException> { openConnection(closed) }.message shouldEndWith "is closed."
        }

    @Test
    fun aServerServesOnASocketThatIsBound() =
        streamTest {
            val socket = ServerSocketChannel.open().bind(InetSocketAddress(LOOPBACK, 0))
            startServer(socket) { reader, writer -> writer.write(reader.readLine()) }.use { server ->
                server.sockets shouldBe listOf(socket)
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("hello\n".toByteArray())
                    reader.read().text() shouldBe "hello\n"
                }
            }
            socket.isOpen shouldBe false
        }

    @Test
    fun theFileOfAUnixSocketThatIsGivenStays(
        @TempDir directory: Path,
    ) = streamTest {
        val path = directory.resolve("s")
        val socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path))
        val server = startServer(socket, loops = 2) { _, writer -> writer.write("hi".toByteArray()) }
        openUnixConnection(path).use { (reader, _) -> reader.read().text() shouldBe "hi" }
        server.close()
        server.waitClosed()
        Files.exists(path) shouldBe true
        passUntil { LoopStreams.of(runningLoop()).openCount == 0 } // the other loop has ended
    }

    @Test
    fun aSocketThatIsNotBoundCannotBeListenedOn() =
        streamTest {
            ServerSocketChannel.open().use { socket ->
                val failure = shouldThrow<IllegalArgumentException> { startServer(socket) { _, _ -> } }
                failure.message shouldEndWith "is not bound. Call bind(address, backlog) before."
                socket.isOpen shouldBe true
            }
        }

    @Test
    fun aServerThatCannotStartClosesItsSocket(
        @TempDir directory: Path,
    ) = streamTest {
        val socket = ServerSocketChannel.open().bind(InetSocketAddress(LOOPBACK, 0))
        val missing = TlsOptions.identifiedBy(TlsIdentity.fromPem(directory.resolve("none.pem")))
        shouldThrow<PemException> { startServer(socket, missing) { _, _ -> } }
        socket.isOpen shouldBe false
    }

    @Test
    fun protocolsTalkOverSocketsThatAreGiven() =
        streamTest {
            val (connected, accepted) = socketPair()
            val (client, asking) = createConnection({ Recorder(events) }, connected)
            val (server, _) = connectAcceptedSocket({ Recorder(ArrayList()) }, accepted)
            server.write("welcome".toByteArray())
            passUntil { "dataReceived welcome" in events }
            server.close()
            asking.lost.await()
            client.isClosing() shouldBe true
            events shouldBe listOf("connectionMade", "dataReceived welcome", "eofReceived", "connectionLost null")
        }

    @Test
    fun anAcceptedSocketIsTheServersSideOfTls() =
        streamTest {
            val authority = Identity.authority()
            val identity = authority.issue("mail.example")
            val (connected, accepted) = socketPair()
            val accepting = createTask { connectAcceptedSocket({ Recorder(events) }, accepted, identity.serverOptions) }
            openConnection(connected, authority.trustOptions.withServerName("mail.example")).use { (_, writer) ->
                writer.write("secret".toByteArray())
                passUntil { "dataReceived secret" in events }
            }
            accepting
                .await()
                .protocol.lost
                .await()
        }

    @Test
    fun aFactoryThatFailsClosesTheSocket() =
        streamTest {
            val (connected, accepted) = socketPair()
            shouldThrow<IllegalStateException> { createConnection<Protocol>({ error("no") }, connected) }
            shouldThrow<IllegalStateException> { connectAcceptedSocket<Protocol>({ error("no") }, accepted) }
            connected.isOpen shouldBe false
            accepted.isOpen shouldBe false
        }

    @Test
    fun protocolsAreServedOnASocketThatIsBound() =
        streamTest {
            val socket = ServerSocketChannel.open().bind(InetSocketAddress(LOOPBACK, 0))
            val server = createServer({ Recorder(events) }, socket)
            openConnection(LOOPBACK, server.port).use { (_, writer) ->
                writer.write("hello".toByteArray())
                passUntil { "dataReceived hello" in events }
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun datagramsGoThroughSocketsThatAreGiven() =
        streamTest {
            val bound = DatagramChannel.open(StandardProtocolFamily.INET).bind(InetSocketAddress(LOOPBACK, 0))
            val unbound = DatagramChannel.open(StandardProtocolFamily.INET)
            openDatagramEndpoint(bound).use { server ->
                openDatagramEndpoint(unbound).use { client ->
                    client.send("hello".toByteArray(), server.localAddress)
                    val (data, sender) = server.receive()
                    data.text() shouldBe "hello"
                    sender.port shouldBe client.localAddress.port
                }
            }
            bound.isOpen shouldBe false
            shouldThrow<IllegalArgumentException> { openDatagramEndpoint(bound) }
        }

    @Test
    fun datagramProtocolsUseASocketThatIsGiven() =
        streamTest {
            val socket = DatagramChannel.open(StandardProtocolFamily.INET).bind(InetSocketAddress(LOOPBACK, 0))
            val protocol =
                object : DatagramProtocol {
                    override fun datagramReceived(
                        data: ByteArray,
                        address: InetSocketAddress,
                    ) {
                        events += data.text()
                    }
                }
            val (transport, _) = createDatagramEndpoint({ protocol }, socket)
            openDatagramEndpoint(remoteAddress = transport.localAddress).use { it.send("hello".toByteArray()) }
            passUntil { events.isNotEmpty() }
            transport.close()
            passUntil { !socket.isOpen }
            events shouldBe listOf("hello")
        }

    @Test
    fun aDatagramFactoryThatFailsClosesTheSocket() =
        streamTest {
            val socket = DatagramChannel.open()
            shouldThrow<IllegalStateException> { createDatagramEndpoint<DatagramProtocol>({ error("no") }, socket) }
            socket.isOpen shouldBe false
            events.shouldBeEmpty()
        }

    private fun socketPair(): Pair<SocketChannel, SocketChannel> =
        ServerSocketChannel.open().bind(InetSocketAddress(LOOPBACK, 0)).use { listening ->
            SocketChannel.open(listening.localAddress) to listening.accept()
        }
}
