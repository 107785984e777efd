package dev.tandem.samples.sitechecker

import com.sun.net.httpserver.HttpServer
import dev.tandem.samples.SampleRun
import dev.tandem.samples.runSample
import io.kotest.matchers.shouldBe
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket

class SiteCheckerTest {
    @ParameterizedTest
    @ValueSource(strings = [KOTLIN, JAVA])
    fun showsItsOwnSitesAsAnsweringOrWithTheReasonWhyNot(sample: String) {
        runSample(sample).withoutTimesAndPorts() shouldBe
            SampleRun(
                """
                SITE TIME RESULT
                http://localhost:PORT/fast MS 200 OK
                http://localhost:PORT/slow MS 200 OK
                https://localhost:PORT/secure MS 200 OK
                http://localhost:PORT/reset MS failed: The connection to localhost:PORT was lost: Connection reset
                http://localhost:PORT/silent MS failed: no answer within 5s
                http://localhost:PORT/refused MS failed: Cannot connect to localhost:PORT: Connection refused (ADDRESSES)
                https://localhost:PORT/untrusted MS failed: The certificate of localhost:PORT is not trusted: no trusted authority has issued it (REASON)

                """.trimIndent(),
                exitStatus = 0,
            )
    }

    @ParameterizedTest
    @ValueSource(strings = [KOTLIN, JAVA])
    fun exitStatusIsZeroWhenAllGivenSitesAnswer(sample: String) {
        val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
        server.createContext("/") { it.sendResponseHeaders(404, -1) }
        server.start()
        try {
            runSample(sample, "http://127.0.0.1:${server.address.port}/a?b=c").withoutTimesAndPorts() shouldBe
                SampleRun("SITE TIME RESULT\nhttp://127.0.0.1:PORT/a?b=c MS 404 Not Found\n", exitStatus = 0)
        } finally {
            server.stop(0)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = [KOTLIN, JAVA])
    fun exitStatusIsOneWhenAGivenSiteDoesNotAnswer(sample: String) {
        val refused = ServerSocket(0).use { it.localPort }
        runSample(sample, "http://127.0.0.1:$refused").withoutTimesAndPorts() shouldBe
            SampleRun(
                "SITE TIME RESULT\nhttp://127.0.0.1:PORT MS failed: Cannot connect to 127.0.0.1:PORT: " +
                    "Connection refused (ADDRESSES)\n",
                exitStatus = 1,
            )
    }

    @ParameterizedTest
    @ValueSource(strings = [KOTLIN, JAVA])
    fun whatIsNoUrlIsARowOfItsOwn(sample: String) {
        runSample(sample, "ftp://example.org", "no url").withoutTimesAndPorts() shouldBe
            SampleRun(
                "SITE TIME RESULT\nftp://example.org MS failed: not the URL of a web site\n" +
                    "no url MS failed: Illegal character in path at index 2: no url\n",
                exitStatus = 1,
            )
    }

    /** What differs from run to run, or from machine to machine, replaced by words. */
    private fun SampleRun.withoutTimesAndPorts() =
        copy(
            output =
                output
                    .replace(Regex("\\d+ ms"), "MS")
                    .replace(Regex("(localhost|127\\.0\\.0\\.1):\\d+"), "$1:PORT")
                    .replace(Regex("refused \\(.*\\)"), "refused (ADDRESSES)")
                    .replace(Regex("issued it \\(.*\\)"), "issued it (REASON)")
                    .replace(Regex(" {2,}"), " "),
        )

    private companion object {
        const val KOTLIN = "sitechecker.SiteCheckerKt"
        const val JAVA = "sitechecker.SiteChecker"
    }
}
