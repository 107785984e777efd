package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLSocket

class StartTlsTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

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

    private fun answerHandshake(socket: java.net.Socket) {
        val tls =
            identity.serverOptions.context.socketFactory
                .createSocket(socket, null, false) as SSLSocket
        tls.useClientMode = false
        tls.startHandshake()
    }
}
