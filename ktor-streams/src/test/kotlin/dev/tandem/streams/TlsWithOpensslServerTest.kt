package dev.tandem.streams

import dev.tandem.createTask
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException
import kotlin.time.Duration

/** Our client against `openssl s_server`, which sends back each line reversed. */
class TlsWithOpensslServerTest {
    @TempDir
    lateinit var files: Path

    private val authority = Identity.authority()
    private val identity = authority.issue()

    @BeforeEach
    fun needsOpenssl() = Program.assumeInstalled("openssl", "openssl")

    @ParameterizedTest
    @ValueSource(strings = ["-tls1_2", "-tls1_3"])
    fun opensslServesUs(version: String) =
        streamTest {
            onOpenssl(version) { port ->
                talk(port, authority.trustOptions).protocol shouldBe if (version == "-tls1_3") "TLSv1.3" else "TLSv1.2"
            }
        }

    @Test
    fun applicationProtocolsAreAgreedUpon() =
        streamTest {
            onOpenssl("-alpn", "h2,http/1.1") { port ->
                val options = authority.trustOptions.withApplicationProtocols("http/1.1", "h2")
                talk(port, options).applicationProtocol shouldBe "h2"
                shouldThrow<SSLHandshakeException> {
                    openConnection(LOOPBACK, port, authority.trustOptions.withApplicationProtocols("spdy/1"))
                }.message shouldContain "it sent the alert no_application_protocol"
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["-tls1_2", "-tls1_3"])
    fun theSecondSessionIsResumed(version: String) =
        streamTest {
            onOpenssl(version) { port ->
                val options = authority.trustOptions
                talk(port, options).isResumed shouldBe false
                talk(port, options).isResumed shouldBe true
            }
        }

    @ParameterizedTest
    @ValueSource(strings = ["-tls1_2", "-tls1_3"])
    fun ourCertificateIsShown(version: String) =
        streamTest {
            val ca = authority.writeTo(files, "ca").toString()
            val ada = authority.issue("ada.example")
            onOpenssl(version, "-Verify", "1", "-verify_return_error", "-CAfile", ca) { port ->
                talk(port, ada.serverOptions.withTrusted(authority.certificate))
                shouldThrow<SSLException> { talk(port, authority.trustOptions) }
            }
        }

    @Test
    fun aWrongAuthorityIsRefused() =
        streamTest {
            onOpenssl { port ->
                val options = Identity.authority("CN=Somebody else").trustOptions
                shouldThrow<CertificateVerificationException> {
                    openConnection(
                        LOOPBACK,
                        port,
                        options,
                    )
                }.reason shouldBe
                    CertificateVerificationException.Reason.UNTRUSTED
            }
        }

    @Test
    fun keysThatOpensslMadeAreRead() =
        streamTest {
            val rsa = files.resolve("rsa.key")
            for (command in listOf(
                listOf("genrsa", "-traditional", "-out", "$rsa", "2048"),
                listOf("req", "-x509", "-key", "$rsa", "-subj", "/CN=x", "-out", "$rsa.pem"),
                listOf("pkcs8", "-topk8", "-in", "$rsa", "-out", "$rsa.enc", "-passout", "pass:sesame"),
                listOf("ecparam", "-name", "secp384r1", "-genkey", "-out", "$rsa.ec"),
                listOf("req", "-x509", "-key", "$rsa.ec", "-subj", "/CN=y", "-out", "$rsa.ec.pem"),
            )) {
                Program.start("openssl", *command.toTypedArray()).use { it.awaitEnd() }
            }
            val chain = Path.of("$rsa.pem")
            TlsIdentity.fromPem(chain, rsa).key.algorithm shouldBe "RSA"
            TlsIdentity.fromPem(chain, Path.of("$rsa.enc"), "sesame".toCharArray()).key.algorithm shouldBe "RSA"
            TlsIdentity.fromPem(Path.of("$rsa.ec.pem"), Path.of("$rsa.ec")).key.algorithm shouldBe "EC"
        }

    @ParameterizedTest
    @ValueSource(strings = ["K", "k"])
    fun keysAreUpdated(command: String) =
        streamTest {
            onInteractiveOpenssl("-tls1_3") { (reader, writer), openssl ->
                openssl.type("before\n")
                reader.readLine().text() shouldBe "before\n"
                openssl.type("$command\n")
                openssl.awaitOutput("KeyUpdate")
                openssl.type("after\n")
                reader.readLine().text() shouldBe "after\n"
                writer.write("answer with new keys\n".toByteArray())
                openssl.awaitOutput("answer with new keys")
            }
        }

    @Test
    fun keysAreUpdatedInTheMiddleOfMuch() =
        streamTest {
            onInteractiveOpenssl("-tls1_3") { (reader, writer), openssl ->
                // A command must come alone: OpenSSL drops what it reads along with it.
                repeat(10) { i ->
                    writer.write("#".repeat(40_000).toByteArray())
                    openssl.type("${"x".repeat(4_000)}\n".repeat(3))
                    repeat(3) { reader.readLine().size shouldBe 4_001 }
                    openssl.type(if (i % 2 == 0) "K\n" else "k\n")
                    openssl.awaitOutput(">>> TLS 1.3, Handshake [length 0005], KeyUpdate", times = i + 1)
                }
                writer.write("all over\n".toByteArray())
                openssl.awaitOutput("all over").count { it == '#' } shouldBe 400_000
            }
        }

    @Test
    fun manyTicketsAreTaken() =
        streamTest {
            onInteractiveOpenssl("-tls1_3", "-num_tickets", "20") { (reader, _), openssl ->
                openssl.type("after the tickets\n")
                reader.readLine().text() shouldBe "after the tickets\n"
            }
        }

    /** "r" negotiates anew, "R" asks for a certificate in addition: what servers do that protect some pages only. */
    @ParameterizedTest
    @ValueSource(strings = ["r", "R"])
    fun aServerThatNegotiatesAnewIsFollowed(command: String) =
        streamTest {
            val ada = authority.issue("ada.example").tlsIdentity
            val options = authority.trustOptions.withIdentities(ada)
            // Without resumption, lest the certificate be taken from the first handshake.
            onInteractiveOpenssl("-tls1_2", "-no_ticket", "-no_cache", options = options) { (reader, writer), openssl ->
                openssl.type("before\n")
                reader.readLine().text() shouldBe "before\n"
                val next = createTask { reader.readLine() }
                openssl.type("$command\n")
                // One of each side in each handshake. OpenSSL waits for data then, and not for what is typed.
                openssl.awaitOutput("], Finished", times = 4)
                writer.write("with the new keys\n".toByteArray())
                openssl.awaitOutput("with the new keys")
                openssl.type("after\n")
                next.await().text() shouldBe "after\n"
                writer.write("all over\n".toByteArray())
                val output = openssl.awaitOutput("all over")
                if (command == "R") output shouldContain "CN = ada.example"
            }
        }

    /** Runs [body] with a connection to a server that sends what it is told to, and obeys its one-letter commands. */
    private suspend fun onInteractiveOpenssl(
        vararg more: String,
        options: TlsOptions = authority.trustOptions,
        body: suspend (Connection, Program) -> Unit,
    ) {
        val ca = authority.writeTo(files, "ca").toString()
        opensslServer("-CAfile", ca, "-msg", *more).use { openssl ->
            openConnection(
                LOOPBACK,
                portOf(openssl),
                options.withShutdownTimeout(Duration.ZERO),
            ).use { body(it, openssl) }
        }
    }

    private suspend fun onOpenssl(
        vararg more: String,
        body: suspend (Int) -> Unit,
    ) {
        opensslServer("-rev", *more).use { body(portOf(it)) }
    }

    private fun opensslServer(vararg more: String): Program {
        val cert = identity.writeTo(files, "server").toString()
        val key = files.resolve("server.key").toString()
        val common = arrayOf("-accept", "$LOOPBACK:0", "-cert", cert, "-key", key)
        return Program.start("openssl", "s_server", *common, *more)
    }

    private suspend fun portOf(openssl: Program): Int {
        openssl.awaitOutput("ACCEPT $LOOPBACK:")
        return Regex("ACCEPT $LOOPBACK:(\\d+)\\n").find(openssl.awaitOutput("\n"))!!.groupValues[1].toInt()
    }
}

/** Sends a line and returns the session, once its reverse has come back. */
private suspend fun talk(
    port: Int,
    options: TlsOptions,
): TlsSession =
    openConnection(LOOPBACK, port, options.withShutdownTimeout(Duration.ZERO)).use { (reader, writer) ->
        writer.write("olleh\n".toByteArray())
        reader.readLine().text() shouldBe "hello\n"
        writer.tls!!
    }
