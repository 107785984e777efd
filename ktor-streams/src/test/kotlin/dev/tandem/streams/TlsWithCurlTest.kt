package dev.tandem.streams

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.nio.file.Path

/** Our server, with a minimal handler for HTTP, against `curl`. */
class TlsWithCurlTest {
    @TempDir
    lateinit var files: Path

    private val authority = Identity.authority()
    private val identity = authority.issue()

    @BeforeEach
    fun needsCurl() = Program.assumeInstalled("curl", "curl")

    @ParameterizedTest
    @CsvSource("--tlsv1.3, 1.3, TLSv1.3", "--tlsv1.2, 1.2, TLSv1.2")
    fun curlGetsThePage(
        least: String,
        most: String,
        protocol: String,
    ) = streamTest {
        serving(identity.serverOptions) { port ->
            get("https://$LOOPBACK:$port/", least, "--tls-max", most) shouldBe "$protocol nobody null\n"
        }
    }

    @Test
    fun curlShowsItsCertificate() =
        streamTest {
            val cert = authority.issue("ada.example").writeTo(files, "ada").toString()
            val key = files.resolve("ada.key").toString()
            val options =
                identity.serverOptions
                    .withTrusted(authority.certificate)
                    .withClientCertificates(ClientCertificates.REQUIRED)
            serving(options) { port ->
                get("https://$LOOPBACK:$port/", "--cert", cert, "--key", key) shouldBe "TLSv1.3 CN=ada.example null\n"
                get("https://$LOOPBACK:$port/") shouldContain "curl: (56)"
            }
        }

    @Test
    fun curlRefusesAWrongAuthority() =
        streamTest {
            serving(Identity.authority("CN=Somebody else").issue().serverOptions) { port ->
                get("https://$LOOPBACK:$port/") shouldContain "curl: (60) SSL certificate problem"
            }
        }

    @Test
    fun curlAsksForAName() =
        streamTest {
            val two = authority.issue("two.example")
            serving(TlsOptions.identifiedBy(identity.tlsIdentity, two.tlsIdentity)) { port ->
                get("https://two.example:$port/", "--resolve", "two.example:$port:$LOOPBACK") shouldBe
                    "TLSv1.3 nobody two.example\n"
            }
        }

    private suspend fun get(
        url: String,
        vararg more: String,
    ): String {
        val ca = authority.writeTo(files, "ca").toString()
        return Program
            .start("curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", "--cacert", ca, *more, url)
            .use { it.awaitEnd() }
    }

    /** Answers each request with what the server knows of the client. */
    private suspend fun serving(
        options: TlsOptions,
        body: suspend (Int) -> Unit,
    ) {
        val server =
            startServer(LOOPBACK, 0, options) { reader, writer ->
                reader.readUntil("\r\n\r\n".toByteArray())
                val session = writer.tls!!
                val who =
                    session.peerCertificates
                        .firstOrNull()
                        ?.subjectX500Principal
                        ?.name ?: "nobody"
                val text = "${session.protocol} $who ${session.serverName}\n"
                writer.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n$text".toByteArray(),
                )
            }
        server.use { body(it.port) }
        server.waitClosed()
    }
}
