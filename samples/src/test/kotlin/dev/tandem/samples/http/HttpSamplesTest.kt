package dev.tandem.samples.http

import com.sun.net.httpserver.HttpServer
import dev.tandem.samples.SampleRun
import dev.tandem.samples.runSample
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.readText

/** The programs about HTTP print the same in both languages. */
class HttpSamplesTest {
    @TempDir
    lateinit var directory: Path

    @ParameterizedTest
    @ValueSource(strings = ["http.HttpQuickstartKt", "http.HttpQuickstart"])
    fun quickstartShowsWhatASessionDoes(sample: String) {
        runSample(sample) shouldBe
            SampleRun(
                """
                Status: 200
                Content-type: application/json
                Body: {"agent":"quickstart"}
                Asked: ?key1=value+1&key2=2
                JSON: value, asked by quickstart
                Form: {"type":"application/x-www-form-urlencoded","data":"name=Ada&age=36"}
                Sent as JSON: {"type":"application/json","data":"{\"name\":\"Ada\"}"}
                File: {"type":"text/plain","data":"from the disk"}
                Form with a file: multipart/form-data
                Line: one
                Line: two
                Line: three
                Saved: 14 bytes
                After 1 redirect: {"cookies":"answer=42"}
                Later: {"cookies":"answer=42"}
                Refused: 404, There is no such page.
                Too slow

                """.trimIndent(),
                exitStatus = 0,
            )
    }

    @ParameterizedTest
    @ValueSource(strings = ["http.PageDownloaderKt", "http.PageDownloader"])
    fun downloaderShowsWhatHasBecomeOfEachPage(sample: String) {
        runSample(sample).withoutPortsAndSpaces() shouldBe
            SampleRun(
                (1..7).joinToString("") { "$it of 7 pages\n" } +
                    """
                    PAGE RECEIVED SAVED RESULT
                    http://localhost:PORT/pages/small 14 14 OK
                    http://localhost:PORT/pages/large 2400000 2400000 OK
                    http://localhost:PORT/pages/compressed COMPRESSED 370000 OK
                    http://localhost:PORT/pages/busy-at-first 9 9 OK
                    http://localhost:PORT/pages/missing 22 0 GET http://localhost:PORT/pages/missing was answered with 404 Not Found: There is no such page.
                    http://localhost:PORT/pages/cut-off 15 0 GET http://localhost:PORT/pages/cut-off: the body ended after 15 of 1000 bytes.
                    http://localhost:PORT/pages/silent 0 0 GET http://localhost:PORT/pages/silent took longer than 3s (the limit `total`).

                    """.trimIndent(),
                exitStatus = 0,
            )
    }

    @ParameterizedTest
    @ValueSource(strings = ["http.PageDownloaderKt", "http.PageDownloader"])
    fun downloaderLeavesWholePagesOnlyAndSaysIfSomeAreMissing(sample: String) {
        val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
        server.createContext("/a/b") {
            it.sendResponseHeaders(200, 4)
            it.responseBody.write("page".toByteArray())
            it.close()
        }
        server.start()
        try {
            val base = "http://127.0.0.1:${server.address.port}"
            runSample(sample, "$directory", "$base/a/b").exitStatus shouldBe 0
            runSample(sample, "$directory", "$base/a/b", "$base/none").exitStatus shouldBe 1
            directory.listDirectoryEntries().map { it.name } shouldBe listOf("a-b")
            directory.resolve("a-b").readText() shouldBe "page"
        } finally {
            server.stop(0)
        }
    }

    /** What differs from run to run, or between versions of the JDK, replaced by words. */
    private fun SampleRun.withoutPortsAndSpaces() =
        copy(
            output =
                output
                    .replace(Regex("localhost:\\d+"), "localhost:PORT")
                    .replace(Regex("(pages/compressed +)\\d+"), "$1COMPRESSED")
                    .replace(Regex(" {2,}"), " "),
        )
}
