package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class RunnerTest {
    private val events = mutableListOf<String>()

    private fun <T> withRunner(block: (Runner) -> T): T = Runner(null, VirtualClock()).use(block)

    @Test
    fun runLoopReturnsTheResultAndClosesTheLoop() {
        val loop = runLoop(clock = VirtualClock()) { runningLoop() }
        loop.isClosed shouldBe true
        runningLoopOrNull() shouldBe null
    }

    @Test
    fun runLoopThrowsTheExceptionItself() {
        val failure = Broken()
        shouldThrow<Broken> { runLoop(clock = VirtualClock()) { throw failure } } shouldBeSameInstanceAs failure
    }

    @Test
    fun mainTaskThatIsCancelledThrowsTheCancellation() {
        shouldThrow<CancelledException> {
            inVirtualTime {
                currentTask()!!.cancel("why")
                passes(1)
            }
        }.message shouldBe
            "why"
    }

    @Test
    fun runInsideALoopIsRefused() =
        inVirtualTime {
            shouldThrow<IllegalStateException> { runLoop {} }.message shouldContain "await the coroutine instead"
        }

    @Test
    fun tasksThatAreLeftAreCancelledAndWaitedFor() {
        inVirtualTime {
            createTask {
                try {
                    sleep(10.seconds)
                } finally {
                    sleep(1.seconds)
                    events += "cleaned up"
                }
            }
            passes(1)
            events += "main done"
        }
        events shouldBe listOf("main done", "cleaned up")
    }

    @Test
    fun tasksThatAreLeftEndAlsoWhenTheMainTaskFails() {
        outcomeOf {
            inVirtualTime {
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        events += "cleaned up"
                    }
                }
                passes(1)
                throw Broken()
            }
        }
        events shouldBe listOf("cleaned up")
    }

    @Test
    fun taskThatFailsWhileItIsCancelledIsReported() {
        inVirtualTime {
            runningLoop().exceptionHandler =
                ExceptionHandler { _, report -> events += "${report.exception?.message} in ${report.task?.name}" }
            createTask("worker") {
                try {
                    sleep(10.seconds)
                } finally {
                    throw Broken("cleanup")
                }
            }
            passes(1)
        }
        events shouldBe listOf("cleanup in worker")
    }

    @Test
    fun severalRunsShareTheLoop() =
        withRunner { runner ->
            val first = runner.run { runningLoop() }
            runner.run { runningLoop() } shouldBeSameInstanceAs first
        }

    @Test
    fun taskOfOneRunGoesOnInTheNext() {
        withRunner { runner ->
            val task =
                runner.run {
                    createTask {
                        sleep(5.seconds)
                        "slept"
                    }
                }
            events += runner.run { task.await() }
        }
        events shouldBe listOf("slept")
    }

    // test_runners.py: RunnerTests.test_run_keeps_context
    @Test
    fun valuesSetInOneRunAreSeenInTheNext() {
        val color = ContextVar("color", default = "none")
        withRunner { runner ->
            listOf("red", "blue").forEach { next ->
                runner.run {
                    events += color.get()
                    passes(1)
                    color.set(next)
                }
            }
            events += runner.run { copyContext()[color]!! }
        }
        events shouldBe listOf("none", "red", "blue")
        color.get() shouldBe "none"
    }

    @Test
    fun runInAGivenContextUsesIt() {
        val color = ContextVar("color", default = "none")
        val context = Context()
        withRunner { runner ->
            runner.run(context) { color.set("red") }
            runner.run { color.get() } shouldBe "none"
        }
        context[color] shouldBe "red"
    }

    @Test
    fun loopComesFromTheFactoryAtTheFirstUse() {
        val made = newEventLoop(VirtualClock())
        val runner = Runner { made.also { events += "made" } }
        events += "runner"
        runner.loop shouldBeSameInstanceAs made
        runner.close()
        events shouldBe listOf("runner", "made")
        made.isClosed shouldBe true
    }

    @Test
    fun closeIsIdempotent() {
        val runner = Runner(null, VirtualClock())
        runner.run {}
        runner.close()
        runner.close()
    }

    @Test
    fun closedRunnerRefusesToRun() {
        val runner = Runner(null, VirtualClock())
        runner.close()
        shouldThrow<IllegalStateException> { runner.run {} }.message shouldContain "closed"
        shouldThrow<IllegalStateException> { runner.loop }
    }

    @Test
    fun runnerMayBeClosedWithoutARun() {
        Runner(null, VirtualClock()).close()
    }
}
