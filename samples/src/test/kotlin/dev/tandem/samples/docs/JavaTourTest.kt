package dev.tandem.samples.docs

import dev.tandem.VirtualClock
import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.Runner
import dev.tandem.javaapi.VoidCallable
import dev.tandem.samples.outputOf
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import kotlin.io.path.readText

/** Every block of `docs/java.md` is run, and prints, or throws, what the comment at its end says. */
class JavaTourTest {
    private val tour = DocumentedCode(Documentation.root, Documentation.root.resolve("docs/java.md").readText())

    /** These run in a task, in virtual time. */
    private val inTask =
        mapOf(
            "JavaTasks.java#tasks" to VoidCallable(JavaTasks::tasks),
            "JavaTasks.java#turns" to VoidCallable(JavaTasks::onlyAnAwaitGivesOthersATurn),
            "JavaTasks.java#exceptions" to VoidCallable(JavaTasks::exceptions),
            "JavaTasks.java#timeout" to VoidCallable(JavaTasks::timeLimits),
            "JavaTasks.java#reschedule" to VoidCallable(JavaTasks::movingTheLimit),
            "JavaTasks.java#cancel" to VoidCallable(JavaTasks::cancelling),
            "JavaTasks.java#shield" to VoidCallable(JavaTasks::shielding),
            "JavaTasks.java#group" to VoidCallable(JavaTasks::groups),
            "JavaTasks.java#group-result" to VoidCallable(JavaTasks::groupsWithAResult),
            "JavaGathering.java#gather" to VoidCallable(JavaGathering::results),
            "JavaGathering.java#typed-gather" to VoidCallable(JavaGathering::resultsOfDifferentTypes),
            "JavaGathering.java#gather-outcomes" to VoidCallable(JavaGathering::outcomes),
            "JavaGathering.java#as-completed" to VoidCallable(JavaGathering::asTheyCome),
            "JavaGathering.java#wait" to VoidCallable(JavaGathering::theFirstOfThem),
            "JavaSharing.java#lock" to VoidCallable(JavaSharing::locks),
            "JavaSharing.java#queue" to VoidCallable(JavaSharing::queues),
            "JavaSharing.java#context-var" to VoidCallable(JavaSharing::contexts),
            "JavaThreads.java#to-thread" to VoidCallable(JavaThreads::blockingWork),
            "JavaThreads.java#executor" to VoidCallable(JavaThreads::executors),
            "JavaThreads.java#stage" to VoidCallable(JavaThreads::stages),
            "JavaThreads.java#compose" to VoidCallable(JavaThreads::composition),
            "JavaThreads.java#cancel-elsewhere" to VoidCallable(JavaThreads::cancelledFromElsewhere),
            "JavaAndKotlin.java#suspend" to VoidCallable(JavaAndKotlin::suspendFunctions),
            "JavaAndKotlin.java#suspend-coroutine" to VoidCallable(JavaAndKotlin::suspendFunctionsAtOnce),
            "JavaAndKotlin.java#suspend-body" to VoidCallable(JavaAndKotlin::suspendFunctionsInJava),
            "JavaAndKotlin.java#flow" to VoidCallable(JavaAndKotlin::flows),
            "JavaAndKotlin.java#face" to VoidCallable(JavaAndKotlin::faces),
            "JavaMistakes.java#on-executor" to VoidCallable(JavaMistakes::awaitOnAnExecutor),
            "JavaMistakes.java#in-callback" to VoidCallable(JavaMistakes::awaitInACallback),
            "JavaMistakes.java#join" to VoidCallable(JavaMistakes::joinInATask),
            "JavaMistakes.java#nested-run" to VoidCallable(JavaMistakes::runInATask),
        )

    /** These run on a thread without a loop; or with other threads, of which virtual time knows nothing. */
    private val onThread =
        mapOf(
            "FirstSteps.java#first" to { FirstSteps.main(emptyArray()) },
            "JavaThreads.java#from-elsewhere" to { Asyncio.run(VoidCallable(JavaThreads::fromOtherThreads)) },
            "JavaThreads.java#background" to JavaThreads::background,
            "JavaAndKotlin.java#suspend-future" to JavaAndKotlin::suspendFunctionsFromAnyThread,
            "JavaTests.java#virtual-time" to JavaTests::virtualTime,
            "JavaTests.java#deadlock" to JavaTests::deadlock,
            "JavaMistakes.java#outside" to JavaMistakes::awaitOutsideOfATask,
        )

    @TestFactory
    fun everyBlockDoesWhatItsCommentSays(): List<DynamicTest> =
        tour.markers().filter { ".java#" in it }.map { marker ->
            val name = marker.substringAfterLast('/')
            dynamicTest(name) {
                val example = onThread[name] ?: { Runner(VirtualClock()).use { it.run(inTask.getValue(name)) } }
                outcomeOf(example) shouldBe lastComment(tour.sampleOf(marker))
            }
        }

    @Test
    fun everyExampleIsShown() {
        tour.markers().filter { ".java#" in it }.map { it.substringAfterLast('/') } shouldContainExactlyInAnyOrder
            inTask.keys + onThread.keys
    }

    /** What [example] prints and throws, a comma between the lines. The names of threads are no matter. */
    private fun outcomeOf(example: () -> Unit): String {
        val failure = mutableListOf<String>()
        val output =
            outputOf {
                try {
                    example()
                } catch (e: Exception) {
                    failure += "${e.javaClass.simpleName}: ${e.message}"
                }
            }
        return (output.lines().filter(String::isNotEmpty) + failure)
            .joinToString(", ")
            .replace(Regex("thread \"[^\"]*\""), "thread \"...\"")
            .replace(Regex("\\s+"), " ")
    }

    private fun lastComment(sample: String): String =
        sample
            .trimEnd()
            .lines()
            .takeLastWhile { it.startsWith("// ") }
            .joinToString(" ") { it.removePrefix("// ").trim() }
}
