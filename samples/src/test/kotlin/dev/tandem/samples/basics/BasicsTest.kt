package dev.tandem.samples.basics

import dev.tandem.VirtualClock
import dev.tandem.javaapi.Runner
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.SampleProgram
import dev.tandem.samples.outputOf
import dev.tandem.samples.shouldBeAllOf
import dev.tandem.samples.shouldBeListed
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/**
 * The twins of `samples/basics` print what Python printed, which is kept in the test resources. `-Dbasics.update=true`
 * lets Python write it anew.
 */
class BasicsTest {
    /** In the order in which they are to be read. */
    private val programs =
        listOf(
            program("nested-awaits", ::nestedAwaitsExample, NestedAwaits::example),
            program("tasks", ::tasksExample, Tasks::example),
            program("task-states", ::taskStatesExample, TaskStates::example),
            program("current-task", ::currentTaskExample, CurrentTask::example),
            program("callbacks", ::callbacksExample, Callbacks::example),
            program("futures", ::futuresExample, Futures::example),
            program("gather", ::gatherExample, Gather::example),
            program("gather-exceptions", ::gatherExceptionsExample, GatherExceptions::example),
            program("wait", ::waitExample, Wait::example),
            program("wait-timeout", ::waitTimeoutExample, WaitTimeout::example),
            program("wait-for", ::waitForExample, WaitFor::example),
            program("as-completed", ::asCompletedExample, AsCompleted::example),
            program("shield", ::shieldExample, Shield::example),
            program("to-thread", ::toThreadExample, ToThread::example),
            program("run-in-executor", ::runInExecutorExample, RunInExecutor::example),
        )

    @TestFactory
    fun kotlinPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) {
                outputOf { runLoop(clock = VirtualClock(), body = it.kotlin) } shouldBe it.expected
            }
        }

    @TestFactory
    fun javaPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) {
                val output = outputOf { Runner(VirtualClock()).use { runner -> runner.run(it.java) } }
                output shouldBe it.expected
            }
        }

    @TestFactory
    fun pythonPrintsWhatIsKept(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) { it.checkPython("src/test/python/virtual_time.py") }
        }

    @Test
    fun everyProgramIsTested() = shouldBeAllOf("basics", programs)

    @Test
    fun everyProgramIsListed() = shouldBeListed("basics", programs)

    private fun program(
        name: String,
        kotlin: suspend () -> Unit,
        java: VoidCallable,
    ) = SampleProgram("basics", name, kotlin, java)
}
