package dev.tandem.streams

import dev.tandem.EventLoop
import dev.tandem.ExceptionHandler
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.DisabledOnOs
import org.junit.jupiter.api.condition.EnabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir
import java.net.StandardSocketOptions
import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.minutes

/** Protocols on both sides, plain and over TLS, and beside streams. */
class TransportServerTest {
    private val events = ArrayList<String>()
    private val identity = Identity.selfSigned()

    @Test
    fun eachConnectionGetsAProtocolOfItsOwn() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0).useToTheEnd { server ->
                val clients =
                    List(3) { i ->
                        val (transport, client) = createConnection({ Recorder(events) }, LOOPBACK, server.port)
                        transport.write("$i".toByteArray())
                        client
                    }
                passUntil { events.size == 6 }
                events.sorted().takeLast(3) shouldBe listOf("dataReceived 0", "dataReceived 1", "dataReceived 2")
                clients.forEach { it.transport.close() }
                clients.forEach { it.lost.await() }
            }
        }

    @Test
    fun protocolsTalkToStreams() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0).useToTheEnd { server ->
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("line\n".toByteArray())
                    reader.readLine().text() shouldBe "line\n"
                    writer.writeEof()
                    reader.read().size shouldBe 0
                }
            }
        }

    @Test
    fun aFactoryThatFailsIsReportedAndTheServerGoesOn() =
        streamTest {
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> events += context.exception!!.message!! }
            var count = 0
            val factory = { if (count++ == 0) throw IllegalStateException("not yet") else Echo() }
            createServer(factory, LOOPBACK, 0).useToTheEnd { server ->
                openConnection(LOOPBACK, server.port).use { it.reader.read().size shouldBe 0 }
                openConnection(LOOPBACK, server.port).use { (reader, writer) ->
                    writer.write("now\n".toByteArray())
                    reader.readLine().text() shouldBe "now\n"
                }
            }
            events shouldBe listOf("not yet")
        }

    @Test
    fun allHostsAreListenedOnAtOnePort() =
        streamTest {
            createServer(::Echo, listOf(LOOPBACK, "127.0.0.2"), 0).useToTheEnd { server ->
                for (host in listOf(LOOPBACK, "127.0.0.2")) {
                    openConnection(host, server.port).use { it.exchange() }
                }
                server.sockets.size shouldBe 2
            }
        }

    @Test
    fun aServerServesWhenItIsToldTo() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, startServing = false).useToTheEnd { server ->
                server.isServing() shouldBe false
                openConnection(LOOPBACK, server.port).use {
                    server.startServing()
                    it.exchange()
                }
            }
        }

    @Test
    fun optionsReachTheSockets() =
        streamTest {
            val protocols = ArrayList<Recorder>()
            val factory = { Recorder(events).also { protocols += it } }
            createServer(factory, LOOPBACK, 0, reuseAddress = false, keepAlive = true).useToTheEnd { server ->
                server.sockets.single().getOption(StandardSocketOptions.SO_REUSEADDR) shouldBe false
                openConnection(LOOPBACK, server.port).use {
                    passUntil { "connectionMade" in events }
                    val transport = protocols.single().transport
                    transport.getOption(StandardSocketOptions.SO_KEEPALIVE) shouldBe true
                    transport.tls shouldBe null
                }
            }
        }

    @Test
    @EnabledOnOs(OS.LINUX)
    fun serversSharePortsThatTheyBothWantToShare() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, reusePort = true).useToTheEnd { one ->
                createServer(::Echo, LOOPBACK, one.port, reusePort = true).useToTheEnd { it.port shouldBe one.port }
            }
        }

    @Test
    fun theFactoryRunsOnTheLoopThatServesTheConnection() =
        streamTest {
            val made = ConcurrentLinkedQueue<EventLoop>()
            val called = ConcurrentLinkedQueue<EventLoop>()
            val server = createServer({ Located(made, called) }, LOOPBACK, 0, loops = 2)
            val clients = List(4) { openConnection(LOOPBACK, server.port).also { it.exchange() } }
            made.toList() shouldBe called.toList()
            made.groupingBy { it === runningLoop() }.eachCount() shouldBe mapOf(true to 2, false to 2)
            clients.forEach { it.close() }
            server.close()
            server.waitClosed()
            // The other loop's thread tells this one when it has ended.
            passUntil { LoopStreams.of(runningLoop()).openCount == 0 }
        }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    fun unixSocketsAreServedAsWell(
        @TempDir directory: Path,
    ) = streamTest {
        val path = directory.resolve("s")
        val onlyOurs = PosixFilePermissions.fromString("rw-------")
        createUnixServer(::Echo, path, permissions = onlyOurs).useToTheEnd {
            Files.getPosixFilePermissions(path) shouldBe onlyOurs
            val (transport, client) = createUnixConnection({ Recorder(events) }, path, connectTimeout = 20.minutes)
            transport.write("quit".toByteArray())
            client.lost.await()
        }
        Files.exists(path) shouldBe false
        events shouldBe listOf("connectionMade", "eofReceived", "connectionLost null")
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    fun theFileOfAUnixSocketStaysIfItIsToStay(
        @TempDir directory: Path,
    ) = streamTest {
        val path = directory.resolve("s")
        createUnixServer(::Echo, path, cleanupSocket = false, startServing = false).useToTheEnd { server ->
            server.isServing() shouldBe false
        }
        Files.exists(path) shouldBe true
    }

    @Test
    fun tlsIsTheSameButEndsAtOnce() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val recorder = { Recorder(events, keepsOpen = true) }
                val (transport, client) = createConnection(recorder, LOOPBACK, server.port, identity.trustOptions)
                transport.canWriteEof() shouldBe false
                transport.tls!!.protocol shouldBe "TLSv1.3"
                transport.tls!!.peerCertificates shouldBe listOf(identity.certificate)
                transport.write("secret".toByteArray())
                passUntil { "dataReceived secret" in events }
                transport.write("quit".toByteArray())
                client.lost.await()
            }
            events shouldBe
                listOf("connectionMade", "dataReceived secret", "eofReceived", "connectionLost null")
        }

    @Test
    fun tlsPassesOnAllThatOneRecordHeld() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val all = ArrayList<Byte>()
                val buffer = ByteBuffer.allocate(7)
                val client =
                    object : BufferedProtocol {
                        override fun getBuffer(sizeHint: Int): ByteBuffer = buffer.clear()

                        override fun bufferUpdated(count: Int) {
                            all += buffer.array().take(count)
                        }
                    }
                val (transport, _) = createConnection({ client }, LOOPBACK, server.port, identity.trustOptions)
                val sent = ByteArray(1000) { it.toByte() }
                transport.write(sent)
                passUntil { all.size == sent.size }
                all.toByteArray().contentEquals(sent) shouldBe true
                transport.abort()
            }
        }

    @Test
    fun pausedTlsGoesOnWithWhatItHolds() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val all = ArrayList<Byte>()
                val buffer = ByteBuffer.allocate(10)
                lateinit var pausing: Transport
                val client =
                    object : BufferedProtocol {
                        override fun connectionMade(transport: Transport) {
                            pausing = transport
                        }

                        override fun getBuffer(sizeHint: Int): ByteBuffer = buffer.clear()

                        override fun bufferUpdated(count: Int) {
                            all += buffer.array().take(count)
                            pausing.pauseReading()
                        }
                    }
                val (transport, _) = createConnection({ client }, LOOPBACK, server.port, identity.trustOptions)
                transport.write(ByteArray(30))
                for (size in listOf(10, 20, 30)) {
                    passUntil { all.size == size }
                    passes(5)
                    all.size shouldBe size
                    transport.resumeReading()
                }
                transport.abort()
            }
        }

    /** A loop that is never idle would look like a peer that sends. */
    @Test
    fun theBeginningOfARecordIsWaitedForWithoutReadingOverAndOver() =
        streamTest {
            var asked = 0
            val client =
                object : BufferedProtocol {
                    override fun getBuffer(sizeHint: Int): ByteBuffer = ByteBuffer.allocate(100_000).also { asked++ }

                    override fun bufferUpdated(count: Int) = Unit
                }
            val authority = Identity.authority()
            val options = authority.trustOptions
            val connect: suspend (Int) -> Transport = { createConnection({ client }, LOOPBACK, it, options).transport }
            connectToBouncyServer(authority, "TLSv1.3", connect) { transport, peer ->
                peer.socket.getOutputStream().write(byteArrayOf(23, 3, 3, 0, 50))
                passUntil { asked > 0 }
                passes(100)
                asked shouldBeLessThan 10
                transport.abort()
            }
        }

    @Test
    fun closingTellsBothSidesOfTls() =
        streamTest {
            val server = createServer({ Recorder(events) }, LOOPBACK, 0, identity.serverOptions)
            val (transport, client) =
                createConnection(
                    { Recorder(ArrayList()) },
                    LOOPBACK,
                    server.port,
                    identity.trustOptions,
                )
            transport.write("bye".toByteArray())
            transport.close()
            client.lost.await()
            server.close()
            server.waitClosed()
            passUntil { events.size == 4 }
            events shouldBe listOf("connectionMade", "dataReceived bye", "eofReceived", "connectionLost null")
        }
}

private suspend fun Connection.exchange() {
    writer.write("x".toByteArray())
    reader.readExactly(1).text() shouldBe "x"
}

/** An [Echo] that writes down on which loops it is made and called. */
private class Located(
    made: MutableCollection<EventLoop>,
    private val called: MutableCollection<EventLoop>,
) : Protocol {
    private lateinit var transport: Transport

    init {
        made += runningLoop()
    }

    override fun connectionMade(transport: Transport) {
        this.transport = transport
    }

    override fun dataReceived(data: ByteArray) {
        called += runningLoop()
        transport.write(data)
    }
}

/** Runs [body], closes the server, and waits until its connections are gone. */
internal suspend fun Server.useToTheEnd(body: suspend (Server) -> Unit) {
    use { body(it) }
    waitClosed()
}

/** Sends back what it gets, until it gets `quit`. */
internal class Echo : Protocol {
    private lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
    }

    override fun dataReceived(data: ByteArray) {
        if (data.text() == "quit") transport.close() else transport.write(data)
    }
}
