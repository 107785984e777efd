package dev.tandem.samples.docs

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import dev.tandem.samples.sitechecker.SelfSignedCertificate
import io.kotest.matchers.collections.shouldContainExactly
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** What the examples about TLS print, in both languages, is what the comments in them say. */
class StreamTlsTest {
    @TempDir
    lateinit var files: Path

    @Test
    fun clientVerifiesTheServer() {
        printed({ tlsClientAndServer(files) }, StreamTls::clientAndServer)
            .shouldContainExactly("hello", "TLSv1.3", "UNTRUSTED")
    }

    @Test
    fun nameChoosesTheCertificate() {
        printed({ tlsNames(files) }, StreamTls::names).shouldContainExactly("shop.example by http/1.1")
    }

    @Test
    fun clientsShowCertificates() {
        printed({ tlsClientCertificates(files) }, StreamTls::clientCertificates).shouldContainExactly("hello, CN=ada")
    }

    @Test
    fun tlsCanBeginLater() {
        printed({ tlsLater(files) }, StreamTls::startTls).shouldContainExactly("220 go ahead", "a secret")
    }

    /** Runs the example in both languages and returns what both print. */
    private fun printed(
        kotlin: suspend () -> Unit,
        java: (StreamTls) -> Unit,
    ): List<String> {
        for ((host, name) in listOf("localhost" to "localhost", "shop.example" to "shop", "ada" to "ada")) {
            SelfSignedCertificate(host).writeTo(files, name)
        }
        val kotlinLines = lines { runLoop { kotlin() } }
        lines { Asyncio.run(VoidCallable { java(StreamTls(files)) }) }.shouldContainExactly(kotlinLines)
        return kotlinLines
    }

    private fun lines(body: () -> Unit): List<String> = outputOf(body).lines().filter(String::isNotEmpty)
}
