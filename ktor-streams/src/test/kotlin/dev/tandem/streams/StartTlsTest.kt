package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.net.Socket
import java.nio.file.Path
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLSocket

class StartTlsTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()
    private val events = ArrayList<String>()

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun bothSidesGoOnWithTls(protocol: String) =
        streamTest {
            withServer(identity.serverOptions.withProtocols(protocol)) { connection ->
                val (reader, writer) = connection
                writer.write("STARTTLS\n".toByteArray())
                reader.readLine().text() shouldBe "220 go ahead\n"
                connection.startTls(authority.trustOptions)
                writer.tls!!.protocol shouldBe protocol
                writer.write("secret\n".toByteArray())
                reader.readLine().text() shouldBe "$protocol secret\n"
                reader.read().text() shouldBe ""
            }
        }

    @Test
    fun theHostThatWasConnectedToIsVerified() =
        streamTest {
            withServer(authority.issue("service.example").serverOptions) { connection ->
                connection.writer.write("STARTTLS\n".toByteArray())
                connection.reader.readLine()
                shouldThrow<CertificateVerificationException> { connection.startTls(authority.trustOptions) }
                    .reason shouldBe CertificateVerificationException.Reason.WRONG_HOST
                connection.writer.isClosing() shouldBe true
            }
        }

    @Test
    fun aUnixSocketNeedsANameOnlyWhereItIsVerified(
        @TempDir directory: Path,
    ) = streamTest {
        runningLoop().exceptionHandler = ExceptionHandler { _, _ -> }
        val path = directory.resolve("s")
        startUnixServer(path) { reader, writer -> upgrade(reader, writer, identity.serverOptions) }.use {
            openUnixConnection(path).use { connection ->
                connection.writer.write("STARTTLS\n".toByteArray())
                connection.reader.readLine()
                shouldThrow<IllegalArgumentException> { connection.startTls(authority.trustOptions) }
                connection.startTls(authority.trustOptions.withoutHostNameVerification())
                connection.writer.write("secret\n".toByteArray())
                connection.reader.readLine().text() shouldBe "TLSv1.3 secret\n"
            }
        }
    }

    @Test
    fun anotherNameCanBeVerified() =
        streamTest {
            withServer(authority.issue("service.example").serverOptions) { connection ->
                connection.writer.write("STARTTLS\n".toByteArray())
                connection.reader.readLine()
                connection.startTls(authority.trustOptions, "service.example")
                connection.writer.tls!!.serverName shouldBe "service.example"
            }
        }

    @Test
    fun plainTextBeyondTheCommandIsAnErrorOfTheServer() =
        streamTest {
            val failures = ArrayList<String?>()
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> failures += context.exception?.message }
            val options = identity.serverOptions
            startServer(LOOPBACK, 0) { reader, writer -> upgrade(reader, writer, options) }.use { server ->
                rawClient(server.port).use { client ->
                    client.send("STARTTLS\nRCPT TO: injected\n")
                    runCatching { client.receiveAll() }
                }
                server.close()
                server.waitClosed()
            }
            failures.single() shouldStartWith "startTls(): 18 bytes of plain text from 127.0.0.1:"
        }

    @Test
    fun plainTextBeyondTheAnswerIsAnErrorOfTheClient() =
        streamTest {
            rawPair { connection, peer ->
                peer.send("220 go ahead\n250 injected\n")
                connection.reader.readLine()
                shouldThrow<SSLHandshakeException> { connection.startTls(authority.trustOptions) }.message shouldContain
                    "13 bytes of plain text"
                connection.writer.isClosing() shouldBe true
            }
        }

    @Test
    fun plainTextThatArrivesDuringTheHandshakeIsNoTls() =
        streamTest {
            rawPair { connection, peer ->
                val starting = createTask { connection.startTls(authority.trustOptions) }
                toThread { peer.getInputStream().read(ByteArray(10_000)) }
                peer.send("250 injected\n")
                shouldThrow<NotTlsException> { starting.await() }
            }
        }

    @Test
    fun theBeginningOfAHandshakeMayComeWithThePreface() =
        streamTest {
            startServer(LOOPBACK, 0) { reader, writer ->
                reader.readLine().text() shouldBe "PROXY TCP4\n"
                writer.startTls(identity.serverOptions)
                writer.write(reader.readLine())
            }.use { server ->
                rawServer().use { door ->
                    val connecting = createTask { openConnection(LOOPBACK, door.localPort, authority.trustOptions) }
                    val toClient = toThread { door.accept() }
                    val toServer = rawClient(server.port)
                    // Preface and handshake in one piece: the reader has both when it has read the line.
                    val hello = ByteArray(10_000)
                    val count = toThread { toClient.getInputStream().read(hello) }
                    toServer.getOutputStream().write("PROXY TCP4\n".toByteArray() + hello.copyOf(count))
                    val back =
                        Thread { runCatching { toServer.getInputStream().transferTo(toClient.getOutputStream()) } }
                    val forth =
                        Thread { runCatching { toClient.getInputStream().transferTo(toServer.getOutputStream()) } }
                    back.start()
                    forth.start()
                    connecting.await().use { (reader, writer) ->
                        writer.write("through\n".toByteArray())
                        reader.readLine().text() shouldBe "through\n"
                    }
                    toClient.close()
                    toServer.close()
                    toThread { listOf(back, forth).forEach { it.join() } }
                }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun whatWasWrittenBeforeGoesOutAsPlainText() =
        streamTest {
            rawPair { connection, peer ->
                connection.writer.write("before\n".toByteArray())
                val starting = createTask { connection.startTls(authority.trustOptions) }
                peer.receive(7) shouldBe "before\n"
                toThread { answerHandshake(peer) }
                starting.await()
            }
        }

    @Test
    fun tlsInsideTlsIsRefused() =
        streamTest {
            echoServer(identity.serverOptions).use { server ->
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { connection ->
                    shouldThrow<IllegalStateException> {
                        connection.startTls(
                            authority.trustOptions,
                        )
                    }.message shouldContain
                        "is a TLS one already"
                }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun nobodyReadsOrWritesPastTheHandshake() =
        streamTest {
            rawPair { connection, peer ->
                val starting = createTask { connection.startTls(authority.trustOptions) }
                passUntil { peer.getInputStream().available() > 0 }
                val write = shouldThrow<IllegalStateException> { connection.writer.write("plain".toByteArray()) }
                write.message shouldBe "write() while startTls() is at work: await that first."
                shouldThrow<IllegalStateException> { connection.reader.read(1) }
                starting.cancel()
                shouldThrow<CancelledException> { starting.await() }
            }
        }

    @Test
    fun aTaskThatReadsMustEndFirst() =
        streamTest {
            rawPair { connection, _ ->
                val reading = createTask { connection.reader.read(1) }
                passes(1)
                shouldThrow<IllegalStateException> { connection.startTls(authority.trustOptions) }.message shouldContain
                    "Another task waits to read"
                reading.cancel()
                shouldThrow<CancelledException> { reading.await() }
            }
        }

    @Test
    fun aClosedConnectionCannotStart() =
        streamTest {
            rawPair { connection, _ ->
                connection.close()
                shouldThrow<IllegalStateException> { connection.startTls(authority.trustOptions) }.message shouldContain
                    "is closed"
            }
        }

    @Test
    fun cancellingClosesTheConnection() =
        streamTest {
            rawPair { connection, peer ->
                val starting = createTask { connection.startTls(authority.trustOptions) }
                toThread { peer.getInputStream().read(ByteArray(10_000)) }
                starting.cancel()
                shouldThrow<CancelledException> { starting.await() }
                connection.writer.isClosing() shouldBe true
            }
        }

    @Test
    fun cancellingAtAnyMomentClosesBothSides() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0) { _, writer -> runCatching { writer.startTls(identity.serverOptions) } }
            val keysOfServer = watchedKeys().size
            // Before its first pass it has not begun.
            var before = 1
            while (true) {
                val connection = openConnection(LOOPBACK, server.port)
                val starting = createTask { connection.startTls(authority.trustOptions) }
                passes(before)
                // Each pass at first; what other threads do for a handshake takes thousands of them.
                before += 1 + before / 8
                val isOver = starting.done()
                starting.cancel()
                if (isOver) connection.close() else shouldThrow<CancelledException> { starting.await() }
                connection.writer.isClosing() shouldBe true
                passUntil { watchedKeys().size == keysOfServer }
                if (isOver) break
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun cancellingWhileFilesAreReadClosesTheConnectionToo(
        @TempDir files: Path,
    ) = streamTest {
        rawPair { connection, _ ->
            val options = TlsOptions.trusting(authority.writeTo(files, "ca"))
            val starting = createTask { connection.startTls(options) }
            passes(1)
            starting.cancel()
            shouldThrow<CancelledException> { starting.await() }
            connection.writer.isClosing() shouldBe true
        }
    }

    @Test
    fun aProtocolOfAServerGoesOnWithTls() =
        streamTest {
            createServer({ Upgrading(identity.serverOptions) }, LOOPBACK, 0).useToTheEnd { server ->
                openConnection(LOOPBACK, server.port).use { connection ->
                    connection.writer.write("STARTTLS\n".toByteArray())
                    connection.reader.readLine().text() shouldBe "220 go ahead\n"
                    connection.startTls(authority.trustOptions)
                    connection.writer.write("secret\n".toByteArray())
                    connection.reader.readLine().text() shouldBe "TLSv1.3 secret\n"
                }
            }
        }

    @Test
    fun anotherProtocolOfAClientTakesOver() =
        streamTest {
            val options = identity.serverOptions
            startServer(LOOPBACK, 0) { reader, writer -> upgrade(reader, writer, options) }.useToTheEnd { server ->
                val (transport, _) = createConnection({ Recorder(events) }, LOOPBACK, server.port)
                transport.write("STARTTLS\n".toByteArray())
                passUntil { "dataReceived 220 go ahead\n" in events }
                val secure = Recorder(events)
                startTls(transport, secure, authority.trustOptions) shouldBe transport
                transport.protocol shouldBe secure
                transport.tls!!.peerCertificates.first() shouldBe identity.certificate
                transport.write("secret\n".toByteArray())
                secure.lost.await()
            }
            events shouldBe
                listOf(
                    "connectionMade",
                    "dataReceived 220 go ahead\n",
                    "dataReceived TLSv1.3 secret\n",
                    "eofReceived",
                    "connectionLost null",
                )
        }

    @Test
    fun aHandshakeThatFailsIsTheEndOfTheNewProtocol() =
        streamTest {
            shakingHands { transport, starting, peer ->
                shouldThrow<IllegalStateException> { transport.write("x".toByteArray()) }.message shouldContain
                    "during startTls()"
                shouldThrow<IllegalStateException> { startTls(transport, transport.protocol, identity.trustOptions) }
                peer.send("250 injected\n")
                shouldThrow<NotTlsException> { starting.await() }
            }
            events.single() shouldStartWith "connectionLost dev.tandem.streams.NotTlsException"
        }

    @Test
    fun whoClosesDuringTheHandshakeIsToldOfNoFailure() =
        streamTest {
            shakingHands { transport, starting, _ ->
                transport.close()
                shouldThrow<IOException> { starting.await() }
            }
            events shouldBe listOf("connectionLost null")
        }

    @Test
    fun cancellingTheHandshakeIsNoFailureOfTheConnection() =
        streamTest {
            shakingHands { _, starting, _ ->
                starting.cancel()
                shouldThrow<CancelledException> { starting.await() }
            }
            events shouldBe listOf("connectionLost null")
        }

    @Test
    fun aProtocolGoesOnIfTlsIsThereAlready() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0, identity.serverOptions).useToTheEnd { server ->
                val factory = { Recorder(events) }
                val (transport, client) = createConnection(factory, LOOPBACK, server.port, authority.trustOptions)
                shouldThrow<IllegalStateException> {
                    startTls(transport, Recorder(ArrayList()), authority.trustOptions)
                }.message shouldContain "is a TLS one already"
                transport.write("on".toByteArray())
                passUntil { "dataReceived on" in events }
                transport.close()
                client.lost.await()
            }
        }

    /** Runs [body] while a protocol waits for the answer of a peer to its first message of the handshake. */
    private suspend fun shakingHands(body: suspend (Transport, Task<Transport>, Socket) -> Unit) {
        rawServer().use { server ->
            val (transport, _) = createConnection({ Recorder(ArrayList()) }, LOOPBACK, server.localPort)
            server.accept().use { peer ->
                val secure = Recorder(events)
                val starting = createTask { startTls(transport, secure, authority.trustOptions) }
                toThread { peer.getInputStream().read(ByteArray(10_000)) }
                body(transport, starting, peer)
                secure.lost.await()
            }
        }
    }

    /** Begins TLS at the first thing it hears, and answers what comes then. */
    private class Upgrading(
        private val options: TlsOptions,
    ) : Protocol {
        private lateinit var transport: Transport
        private var starting: Task<Transport>? = null

        override fun connectionMade(transport: Transport) {
            this.transport = transport
        }

        override fun dataReceived(data: ByteArray) {
            if (starting != null) return transport.write("${transport.tls!!.protocol} ".toByteArray() + data)
            transport.pauseReading()
            transport.write("220 go ahead\n".toByteArray())
            starting = createTask { startTls(transport, this@Upgrading, options) }
        }
    }

    /** Connects to a server that speaks plain text until it is told otherwise. */
    private suspend fun withServer(
        options: TlsOptions,
        body: suspend (Connection) -> Unit,
    ) {
        runningLoop().exceptionHandler = ExceptionHandler { _, _ -> }
        val server = startServer(LOOPBACK, 0) { reader, writer -> upgrade(reader, writer, options) }
        server.use { openConnection(LOOPBACK, it.port).use { connection -> body(connection) } }
        server.waitClosed()
    }

    private suspend fun upgrade(
        reader: StreamReader,
        writer: StreamWriter,
        options: TlsOptions,
    ) {
        reader.readLine().text() shouldBe "STARTTLS\n"
        writer.write("220 go ahead\n".toByteArray())
        writer.startTls(options)
        val line = reader.readLine()
        writer.write("${writer.tls!!.protocol} ".toByteArray() + line)
    }

    private fun answerHandshake(socket: Socket) {
        val tls =
            identity.serverOptions.context.socketFactory
                .createSocket(socket, null, false) as SSLSocket
        tls.useClientMode = false
        tls.startHandshake()
    }
}
