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

/** Every block of `docs/streams/servers.md` and `docs/streams/loops.md` is run, and prints what its last comment says. */
class StreamServersTest {
    private val pages =
        listOf("servers", "loops").map {
            DocumentedCode(Documentation.root, Documentation.root.resolve("docs/streams/$it.md").readText())
        }

    private val inKotlin =
        mapOf<String, suspend () -> Unit>(
            "StreamServers.kt#shout" to ::aServer,
            "StreamServers.kt#end" to ::endingAServer,
            "StreamServers.kt#forever" to ::servingUntilCancelled,
            "StreamServers.kt#failure" to ::handlersThatFail,
            "StreamLoops.kt#loops" to ::aServerOnTwoLoops,
        )

    private val inJava =
        mapOf(
            "StreamServers.java#shout" to VoidCallable(StreamServers::aServer),
            "StreamServers.java#end" to VoidCallable(StreamServers::endingAServer),
            "StreamServers.java#forever" to VoidCallable(StreamServers::servingUntilCancelled),
            "StreamServers.java#failure" to VoidCallable(StreamServers::handlersThatFail),
            "StreamLoops.java#loops" to VoidCallable(StreamLoops::aServerOnTwoLoops),
        )

    @TestFactory
    fun everyBlockDoesWhatItsCommentSays(): List<DynamicTest> =
        pages.flatMap { page ->
            page.markers().map { marker ->
                val name = marker.substringAfterLast('/')
                dynamicTest(name) { printedBy(name) shouldBe lastComment(page.sampleOf(marker)) }
            }
        }

    @Test
    fun everyExampleIsShown() {
        pages.flatMap { it.markers() }.map { it.substringAfterLast('/') } shouldContainExactlyInAnyOrder
            inKotlin.keys + inJava.keys
    }

    private fun printedBy(name: String): String {
        val output =
            outputOf {
                val kotlin = inKotlin[name]
                if (kotlin != null) runLoop { kotlin() } else Asyncio.run(inJava.getValue(name))
            }
        return output.lines().filter(String::isNotEmpty).joinToString(", ")
    }

    private fun lastComment(sample: String): String =
        sample
            .trimEnd()
            .lines()
            .takeLastWhile { it.startsWith("// ") }
            .joinToString(" ") { it.removePrefix("// ").trim() }
}
