package dev.tandem.streams

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.nio.file.Path
import javax.net.ssl.SSLException

/** Our client against another TLS stack: GnuTLS's echo server. */
class TlsWithGnutlsTest {
    @TempDir
    lateinit var files: Path

    private val authority = Identity.authority()

    @BeforeEach
    fun needsGnutls() = Program.assumeInstalled("gnutls-serv", "gnutls-bin")

    @ParameterizedTest
    @CsvSource("NORMAL:-VERS-ALL:+VERS-TLS1.2, TLSv1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3, TLSv1.3")
    fun gnutlsServesUs(
        priority: String,
        protocol: String,
    ) = streamTest {
        onGnutls(authority.issue(algorithm = "RSA"), "--priority", priority) { port ->
            echoed(port, authority.trustOptions).protocol shouldBe protocol
        }
    }

    @Test
    fun applicationProtocolsAreAgreedUpon() =
        streamTest {
            onGnutls(authority.issue(algorithm = "RSA"), "--alpn", "h2") { port ->
                echoed(port, authority.trustOptions.withApplicationProtocols("h2")).applicationProtocol shouldBe "h2"
            }
        }

    @Test
    fun ourCertificateIsShown() =
        streamTest {
            val ca = authority.writeTo(files, "ca").toString()
            onGnutls(
                authority.issue(algorithm = "RSA"),
                "--x509cafile",
                ca,
                "--require-client-cert",
                "--verify-client-cert",
            ) { port ->
                val ada = authority.issue("ada.example").serverOptions.withTrusted(authority.certificate)
                echoed(port, ada)
                shouldThrow<SSLException> { echoed(port, authority.trustOptions) }
            }
        }

    @Test
    fun aCertificateForAnotherHostIsRefused() =
        streamTest {
            onGnutls(authority.issue("other.example", algorithm = "RSA")) { port ->
                shouldThrow<CertificateVerificationException> { echoed(port, authority.trustOptions) }.reason shouldBe
                    CertificateVerificationException.Reason.WRONG_HOST
            }
        }

    private suspend fun echoed(
        port: Int,
        options: TlsOptions,
    ): TlsSession =
        openConnection(LOOPBACK, port, options.withShutdownTimeout(kotlin.time.Duration.ZERO)).use { (reader, writer) ->
            writer.write("hello\n".toByteArray())
            reader.readLine().text() shouldBe "hello\n"
            writer.tls!!
        }

    private suspend fun onGnutls(
        server: Identity,
        vararg more: String,
        body: suspend (Int) -> Unit,
    ) {
        val cert = server.writeTo(files, "server").toString()
        val key = files.resolve("server.key").toString()
        val asking = if ("--require-client-cert" in more) emptyArray() else arrayOf("--disable-client-cert")
        // It cannot be asked for a free port.
        val port = unusedPort()
        Program
            .start(
                "gnutls-serv",
                *arrayOf("--echo", "--port", "$port", "--x509certfile", cert, "--x509keyfile", key),
                *asking,
                *more,
            ).use {
                it.awaitOutput("IPv4 0.0.0.0 port $port...done")
                body(port)
            }
    }
}
