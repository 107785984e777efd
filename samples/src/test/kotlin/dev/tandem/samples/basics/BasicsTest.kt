package dev.tandem.samples.basics

import dev.tandem.VirtualClock
import dev.tandem.javaapi.Runner
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.canRun
import dev.tandem.samples.outputOf
import dev.tandem.samples.run
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.io.path.writeText

/**
 * The twins of `samples/basics` print what Python printed, which is kept in the test resources. `-Dbasics.update=true`
 * lets Python write it anew.
 */
class BasicsTest {
    private class Program(
        val name: String,
        val kotlin: suspend () -> Unit,
        val java: VoidCallable,
    ) {
        val python: Path = Path.of("src/main/python/basics", name.replace('-', '_') + ".py")
        val expected: Path = Path.of("src/test/resources/basics", "$name.txt")
    }

    /** In the order in which they are to be read. */
    private val programs =
        listOf(
            Program("nested-awaits", ::nestedAwaitsExample, NestedAwaits::example),
            Program("tasks", ::tasksExample, Tasks::example),
            Program("task-states", ::taskStatesExample, TaskStates::example),
            Program("current-task", ::currentTaskExample, CurrentTask::example),
            Program("callbacks", ::callbacksExample, Callbacks::example),
            Program("futures", ::futuresExample, Futures::example),
            Program("gather", ::gatherExample, Gather::example),
            Program("gather-exceptions", ::gatherExceptionsExample, GatherExceptions::example),
            Program("wait", ::waitExample, Wait::example),
            Program("wait-timeout", ::waitTimeoutExample, WaitTimeout::example),
            Program("wait-for", ::waitForExample, WaitFor::example),
            Program("as-completed", ::asCompletedExample, AsCompleted::example),
            Program("shield", ::shieldExample, Shield::example),
            Program("to-thread", ::toThreadExample, ToThread::example),
            Program("run-in-executor", ::runInExecutorExample, RunInExecutor::example),
        )

    @TestFactory
    fun kotlinPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) {
                outputOf { runLoop(clock = VirtualClock(), body = it.kotlin) } shouldBe it.expected.readText()
            }
        }

    @TestFactory
    fun javaPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) {
                val output = outputOf { Runner(VirtualClock()).use { runner -> runner.run(it.java) } }
                output shouldBe it.expected.readText()
            }
        }

    @TestFactory
    fun pythonPrintsWhatIsKept(): List<DynamicTest> {
        assumeTrue(
            canRun("python3", "-c", "from asyncio import Runner"),
            "python3 is not installed, or older than 3.11",
        )
        return programs.map {
            dynamicTest(it.name) {
                val run = run("python3", "src/test/python/virtual_time.py", "${it.python}")
                if (java.lang.Boolean.getBoolean("basics.update")) it.expected.writeText(run.output)
                run.output shouldBe it.expected.readText()
            }
        }
    }

    @Test
    fun everyProgramIsTested() {
        val names = programs.map { it.name }
        val sources = Path.of("src/main")
        val kotlin = sources.resolve("kotlin/dev/tandem/samples/basics").listDirectoryEntries("*.kt")
        val java = sources.resolve("java/dev/tandem/samples/basics").listDirectoryEntries("*.java")
        val python = sources.resolve("python/basics").listDirectoryEntries("*.py")
        kotlin.map { nameOf(it) } shouldContainExactlyInAnyOrder names
        java.map { nameOf(it) } shouldContainExactlyInAnyOrder names
        python.map { nameOf(it) } shouldContainExactlyInAnyOrder names
    }

    @Test
    fun everyProgramIsListed() {
        assumeTrue(canRun("bash", "--version"), "bash is not installed")
        val list = run("bash", "run", "basics")
        withClue(list.output) {
            list.output
                .lines()
                .filter {
                    it.startsWith(
                        "  ",
                    )
                }.map { it.trim().substringBefore(' ') } shouldContainExactly
                programs.map { it.name }
        }
    }

    /** `AsCompleted.kt` and `as_completed.py` are `as-completed`. */
    private fun nameOf(file: Path): String =
        file.nameWithoutExtension
            .replace(Regex("(?<=[a-z])(?=[A-Z])"), "-")
            .replace('_', '-')
            .lowercase()
}
