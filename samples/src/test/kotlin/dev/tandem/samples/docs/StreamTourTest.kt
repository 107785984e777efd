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

/** Every example about servers, datagrams, transports and Ktor is run, and prints what the comment at its end says. */
class StreamTourTest {
    /** The sources of these examples; the others need a server or files, and have tests of their own. */
    private val files =
        setOf("StreamServers", "StreamLoops", "StreamUdp", "StreamSockets", "StreamTransports", "StreamKtor")
    private val page = DocumentedCode(Documentation.root, Documentation.root.resolve("docs/streams.md").readText())

    private val inKotlin =
        mapOf<String, suspend () -> Unit>(
            "StreamServers.kt#shout" to ::aServer,
            "StreamServers.kt#end" to ::endingAServer,
            "StreamServers.kt#forever" to ::servingUntilCancelled,
            "StreamServers.kt#failure" to ::handlersThatFail,
            "StreamLoops.kt#loops" to ::aServerOnTwoLoops,
            "StreamUdp.kt#udp" to ::datagrams,
            "StreamUdp.kt#udp-lost" to ::answersThatMayNotCome,
            "StreamUdp.kt#udp-group" to ::groups,
            "StreamSockets.kt#sockets" to ::socketsMadeElsewhere,
            "StreamTransports.kt#connection" to ::protocols,
            "StreamTransports.kt#datagram" to ::datagramProtocols,
            "StreamKtor.kt#ktor" to ::ktorsChannels,
        )

    private val inJava =
        mapOf(
            "StreamServers.java#shout" to VoidCallable(StreamServers::aServer),
            "StreamServers.java#end" to VoidCallable(StreamServers::endingAServer),
            "StreamServers.java#forever" to VoidCallable(StreamServers::servingUntilCancelled),
            "StreamServers.java#failure" to VoidCallable(StreamServers::handlersThatFail),
            "StreamLoops.java#loops" to VoidCallable(StreamLoops::aServerOnTwoLoops),
            "StreamUdp.java#udp" to VoidCallable(StreamUdp::datagrams),
            "StreamUdp.java#udp-lost" to VoidCallable(StreamUdp::answersThatMayNotCome),
            "StreamUdp.java#udp-group" to VoidCallable(StreamUdp::groups),
            "StreamSockets.java#sockets" to VoidCallable(StreamSockets::socketsMadeElsewhere),
            "StreamTransports.java#connection" to VoidCallable(StreamTransports::protocols),
            "StreamTransports.java#datagram" to VoidCallable(StreamTransports::datagramProtocols),
        )

    /** Classes, which the examples above use. */
    private val declarations =
        setOf(
            "StreamTransports.kt#protocol",
            "StreamTransports.kt#datagram-protocol",
            "StreamTransports.java#protocol",
            "StreamTransports.java#datagram-protocol",
        )

    private val markers = page.markers().filter { it.substringAfterLast('/').substringBefore('.') in files }

    @TestFactory
    fun everyBlockDoesWhatItsCommentSays(): List<DynamicTest> =
        markers.filter { it.substringAfterLast('/') !in declarations }.map { marker ->
            val name = marker.substringAfterLast('/')
            dynamicTest(name) { printedBy(name) shouldBe lastComment(page.sampleOf(marker)) }
        }

    @Test
    fun everyExampleIsShown() {
        markers.map { it.substringAfterLast('/') } shouldContainExactlyInAnyOrder
            inKotlin.keys + inJava.keys + declarations
    }

    private fun printedBy(name: String): String {
        val output =
            outputOf {
                val kotlin = inKotlin[name]
                if (kotlin != null) runLoop { kotlin() } else Asyncio.run(inJava.getValue(name))
            }
        return output.lines().filter(String::isNotEmpty).joinToString(", ")
    }

    /** A comment has a line for each that is printed, or several of them in one, with commas between. */
    private fun lastComment(sample: String): String =
        sample
            .trimEnd()
            .lines()
            .takeLastWhile { it.startsWith("// ") }
            .joinToString(", ") { it.removePrefix("// ").trim().removeSuffix(",") }
}
