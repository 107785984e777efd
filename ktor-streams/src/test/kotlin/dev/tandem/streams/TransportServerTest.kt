package dev.tandem.streams

import dev.tandem.ExceptionHandler
import dev.tandem.runningLoop
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer

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
    fun tlsIsTheSameButEndsAtOnce() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val recorder = { Recorder(events, keepsOpen = true) }
                val (transport, client) = createConnection(recorder, LOOPBACK, server.port, identity.trustOptions)
                transport.canWriteEof() shouldBe false
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
