package dev.tandem.samples.docs

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import kotlin.io.path.readText

/** Every block of the pages on UDP, transports and Ktor is run, and prints what the comment at its end says. */
class StreamTransportsTest {
    private val pages =
        listOf("udp", "transports", "ktor").map {
            DocumentedCode(Documentation.root, Documentation.root.resolve("docs/streams/$it.md").readText())
        }

    private val inKotlin =
        mapOf<String, suspend () -> Unit>(
            "StreamUdp.kt#udp" to ::datagrams,
            "StreamUdp.kt#udp-lost" to ::answersThatMayNotCome,
            "StreamUdp.kt#udp-group" to ::groups,
            "StreamTransports.kt#connection" to ::protocols,
            "StreamTransports.kt#datagram" to ::datagramProtocols,
            "StreamKtor.kt#ktor" to ::ktorsChannels,
        )

    private val inJava =
        mapOf(
            "StreamUdp.java#udp" to VoidCallable(StreamUdp::datagrams),
            "StreamUdp.java#udp-lost" to VoidCallable(StreamUdp::answersThatMayNotCome),
            "StreamTransports.java#connection" to VoidCallable(StreamTransports::protocols),
        )

    /** Classes, which the examples above use. */
    private val declarations =
        setOf(
            "StreamTransports.kt#protocol",
            "StreamTransports.kt#datagram-protocol",
            "StreamTransports.java#protocol",
        )

    @TestFactory
    fun everyBlockDoesWhatItsCommentSays(): List<DynamicTest> =
        pages.flatMap { page ->
            page.markers().filter { it.substringAfterLast('/') !in declarations }.map { marker ->
                val name = marker.substringAfterLast('/')
                dynamicTest(name) { printedBy(name) shouldBe lastComment(page.sampleOf(marker)) }
            }
        }

    @Test
    fun everyExampleIsShown() {
        pages.flatMap { it.markers() }.map { it.substringAfterLast('/') } shouldContainExactlyInAnyOrder
            inKotlin.keys + inJava.keys + declarations
    }

    private fun printedBy(name: String): List<String> {
        val output =
            outputOf {
                val kotlin = inKotlin[name]
                if (kotlin != null) runLoop { kotlin() } else Asyncio.run(inJava.getValue(name))
            }
        return output.lines().filter(String::isNotEmpty)
    }

    private fun lastComment(sample: String): List<String> =
        sample
            .trimEnd()
            .lines()
            .takeLastWhile { it.startsWith("// ") }
            .map { it.removePrefix("// ") }
}
