package dev.tandem.streams

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

    private suspend fun onOpenssl(
        vararg more: String,
        body: suspend (Int) -> Unit,
    ) {
        val cert = identity.writeTo(files, "server").toString()
        val key = files.resolve("server.key").toString()
        val server =
            Program.start(
                "openssl",
                *arrayOf("s_server", "-accept", "$LOOPBACK:0", "-cert", cert, "-key", key, "-rev"),
                *more,
            )
        server.use {
            val port =
                Regex("ACCEPT $LOOPBACK:(\\d+)").find(
                    it.awaitOutput("ACCEPT $LOOPBACK:").let { _ ->
                        it.awaitOutput("\n")
                    },
                )
            body(port!!.groupValues[1].toInt())
        }
    }
}

/** Sends a line and returns the session, once its reverse has come back. */
private suspend fun talk(
    port: Int,
    options: TlsOptions,
): TlsSession =
    openConnection(LOOPBACK, port, options.withShutdownTimeout(kotlin.time.Duration.ZERO)).use { (reader, writer) ->
        writer.write("olleh\n".toByteArray())
        reader.readLine().text() shouldBe "hello\n"
        writer.tls!!
    }
