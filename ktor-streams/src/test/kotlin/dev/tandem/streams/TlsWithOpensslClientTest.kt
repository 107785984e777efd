package dev.tandem.streams

import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import io.kotest.matchers.string.shouldNotContain
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import javax.net.ssl.SSLException

/** Our server against `openssl s_client`. */
class TlsWithOpensslClientTest {
    @TempDir
    lateinit var files: Path

    private val authority = Identity.authority()
    private val identity = authority.issue()

    @BeforeEach
    fun needsOpenssl() = Program.assumeInstalled("openssl", "openssl")

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun opensslIsServed(protocol: String) =
        streamTest {
            onServer(identity.serverOptions) { port, sessions ->
                client(port, option(protocol)).use { openssl ->
                    openssl.type("hello\n")
                    openssl.awaitOutput("echo hello")
                    openssl.output shouldContain "Verify return code: 0 (ok)"
                }
                sessions.single().protocol shouldBe protocol
            }
        }

    @Test
    fun theNameChoosesTheCertificate() =
        streamTest {
            val two = authority.issue("two.example")
            onServer(TlsOptions.identifiedBy(identity.tlsIdentity, two.tlsIdentity)) { port, _ ->
                client(port, "-servername", "two.example").use { it.awaitOutput("subject=CN = two.example") }
                client(port, "-servername", "three.example").use { it.awaitOutput("subject=CN = 127.0.0.1") }
                client(port, "-noservername").use { it.awaitOutput("subject=CN = 127.0.0.1") }
            }
        }

    @Test
    fun anUnknownNameIsAnsweredWithItsAlert() =
        streamTest {
            onServer(authority.issue("one.example").serverOptions.withUnknownNamesRefused()) { port, _ ->
                client(port, "-servername", "two.example").use { it.awaitEnd() } shouldContain "unrecognized name"
            }
        }

    @Test
    fun applicationProtocolsAreAgreedUpon() =
        streamTest {
            onServer(identity.serverOptions.withApplicationProtocols("h2", "http/1.1")) { port, _ ->
                client(port, "-alpn", "http/1.1,h2").use { it.awaitOutput("ALPN protocol: h2") }
                client(port, "-alpn", "spdy/1").use { it.awaitEnd() } shouldContain "no application protocol"
                client(port).use { it.awaitOutput("No ALPN negotiated") }
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun aClientCertificateIsVerified(protocol: String) =
        streamTest {
            val ada = authority.issue("ada.example")
            val cert = ada.writeTo(files, "ada").toString()
            val key = files.resolve("ada.key").toString()
            onServer(asking.withProtocols(protocol)) { port, sessions ->
                client(port, "-cert", cert, "-key", key).use { openssl ->
                    openssl.type("hello\n")
                    openssl.awaitOutput("echo hello")
                }
                sessions.single().peerCertificates.first() shouldBe ada.certificate
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun aMissingOrWrongClientCertificateIsRefused(protocol: String) =
        streamTest {
            val stranger = Identity.authority("CN=Somebody else").issue("ada.example")
            val cert = stranger.writeTo(files, "stranger").toString()
            val key = files.resolve("stranger.key").toString()
            onServer(asking.withProtocols(protocol)) { port, sessions ->
                client(port).use { it.awaitEnd() } shouldContain "alert"
                client(port, "-cert", cert, "-key", key).use { it.awaitEnd() } shouldContain "alert"
                sessions.shouldBeEmpty()
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["TLSv1.2", "TLSv1.3"])
    fun aSessionIsResumed(protocol: String) =
        streamTest {
            val saved = files.resolve("session").toString()
            onServer(identity.serverOptions.withProtocols(protocol)) { port, sessions ->
                client(port, "-sess_out", saved).use { openssl ->
                    openssl.type("hello\n")
                    // In TLS 1.3 the ticket comes after the handshake, before the echo.
                    openssl.awaitOutput("echo hello")
                    openssl.type("Q\n")
                    openssl.awaitEnd() shouldContain "New, TLSv1."
                }
                client(port, "-sess_in", saved).use { openssl ->
                    openssl.type("again\n")
                    openssl.awaitOutput("echo again") shouldContain "Reused, TLSv1."
                }
                sessions.map { it.isResumed } shouldBe listOf(false, true)
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["K", "k"])
    fun keysAreUpdated(command: String) =
        streamTest {
            onServer(identity.serverOptions) { port, _ ->
                client(port, "-tls1_3").use { openssl ->
                    openssl.type("before\n")
                    openssl.awaitOutput("echo before")
                    openssl.type("$command\n")
                    openssl.awaitOutput("KEYUPDATE")
                    openssl.type("after\n")
                    openssl.awaitOutput("echo after")
                }
            }
        }

    @Test
    fun keysAreUpdatedInTheMiddleOfMuch() =
        streamTest {
            onServer(identity.serverOptions) { port, _ ->
                client(port, "-tls1_3").use { openssl ->
                    // A command must come alone: OpenSSL drops what it reads along with it.
                    repeat(10) { i ->
                        openssl.type("${"#".repeat(4_000)}\n".repeat(10) + "turn $i\n")
                        openssl.awaitOutput("echo turn $i\n")
                        openssl.type(if (i % 2 == 0) "K\n" else "k\n")
                        openssl.awaitOutput("KEYUPDATE", times = i + 1)
                    }
                    openssl.output.count { it == '#' } shouldBe 10 * 10 * 4_000
                }
            }
        }

    /** As OpenSSL's own servers do since 3.0. What came before has arrived, and the end is an orderly one. */
    @Test
    fun aClientThatNegotiatesAnewIsTurnedAway() =
        streamTest {
            val failure = runningLoop().createFuture<String>()
            val server =
                startServer(LOOPBACK, 0, identity.serverOptions) { reader, writer ->
                    writer.write("echo ".toByteArray() + reader.readLine())
                    failure.complete(shouldThrow<SSLException> { reader.readLine() }.message!!)
                }
            server.use {
                client(it.port, "-tls1_2").use { openssl ->
                    openssl.type("before\n")
                    openssl.awaitOutput("echo before")
                    openssl.type("R\n")
                    openssl.awaitEnd() shouldNotContain "unexpected eof"
                }
            }
            failure.await() shouldEndWith "failed: it wants to negotiate anew, which servers refuse here"
            server.waitClosed()
        }

    @Test
    fun startTlsSpeaksToOpenssl() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    writer.write("220 ready\r\n".toByteArray())
                    reader.readLine().text() shouldContain "EHLO"
                    writer.write("250-hello\r\n250 STARTTLS\r\n".toByteArray())
                    reader.readLine().text() shouldBe "STARTTLS\r\n"
                    writer.write("220 go ahead\r\n".toByteArray())
                    writer.startTls(identity.serverOptions)
                    echoLines(reader, writer)
                }
            server.use {
                client(it.port, "-starttls", "smtp").use { openssl ->
                    openssl.awaitOutput("250 STARTTLS")
                    openssl.type("hello\n")
                    openssl.awaitOutput("echo hello")
                    openssl.type("Q\n")
                    openssl.awaitEnd()
                }
            }
            server.waitClosed()
        }

    private val asking get() =
        identity.serverOptions.withTrusted(authority.certificate).withClientCertificates(ClientCertificates.REQUIRED)

    private fun client(
        port: Int,
        vararg more: String,
    ): Program {
        val ca = authority.writeTo(files, "ca")
        return Program.start("openssl", "s_client", "-connect", "$LOOPBACK:$port", "-CAfile", "$ca", *more)
    }

    private fun option(protocol: String) = if (protocol == "TLSv1.3") "-tls1_3" else "-tls1_2"
}

/** Runs [body] with the port of a server that echoes lines, and the sessions of its connections. */
internal suspend fun onServer(
    options: TlsOptions,
    body: suspend (Int, List<TlsSession>) -> Unit,
) {
    val sessions = ArrayList<TlsSession>()
    val server =
        startServer(LOOPBACK, 0, options) { reader, writer ->
            sessions += writer.tls!!
            try {
                echoLines(reader, writer)
            } catch (_: java.io.IOException) {
                // What the client sees is what counts.
            }
        }
    server.use { body(it.port, sessions) }
    server.waitClosed()
}

private suspend fun echoLines(
    reader: StreamReader,
    writer: StreamWriter,
) {
    while (true) {
        val line = reader.readLine()
        if (line.isEmpty()) break
        writer.write("echo ".toByteArray() + line)
    }
}
