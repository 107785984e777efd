package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import sun.misc.Signal
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.seconds

/** Signals come from outside the loop, so there is real time in these; each test waits for the signal alone. */
class SignalHandlerRealTimeTest {
    @Test
    fun callbackRunsOnTheLoopForEachSignal() {
        val events = mutableListOf<String>()
        runLoop {
            val loop = runningLoop()
            val seen = Queue<Boolean>()
            loop.addSignalHandler(SIGNAL) {
                events += "on the loop: ${runningLoopOrNull() === loop}"
                seen.putNoWait(true)
            }
            repeat(2) {
                Signal.raise(Signal(SIGNAL))
                waitFor(10.seconds) { seen.get() }
            }
            loop.removeSignalHandler(SIGNAL) shouldBe true
            loop.removeSignalHandler(SIGNAL) shouldBe false
        }
        events shouldBe listOf("on the loop: true", "on the loop: true")
    }

    @Test
    fun unknownSignalIsRefusedByName() {
        runLoop {
            shouldThrow<IllegalArgumentException> { runningLoop().addSignalHandler("SIGTERM") {} }
                .message shouldContain "\"SIGTERM\""
        }
    }

    @Test
    fun firstInterruptCancelsTheMainTaskSoThatItCanCleanUp() {
        val program = InterruptedProgram.start("polite")
        program.awaitLine("ready")
        program.interrupt()
        program.awaitLine("cleaning up")
        program.exitCode() shouldBe 1
        program.errors() shouldContain "KeyboardInterruptException: Interrupted by Ctrl-C."
    }

    @Test
    fun secondInterruptEndsTheProcess() {
        val program = InterruptedProgram.start("stubborn")
        program.awaitLine("ready")
        program.interrupt()
        program.awaitLine("cleaning up")
        program.interrupt()
        program.exitCode() shouldBe 130
    }

    private companion object {
        /** One that nobody sends otherwise, and that does no harm. */
        const val SIGNAL = "WINCH"
    }

    /** A JVM of its own that sleeps in [runLoop] until Ctrl-C. */
    object InterruptedProgram {
        @JvmStatic
        fun main(arguments: Array<String>) =
            runLoop {
                try {
                    println("ready")
                    sleep(60.seconds)
                } catch (e: CancelledException) {
                    println("cleaning up")
                    if (arguments[0] == "stubborn") sleep(60.seconds)
                    throw e
                }
            }

        fun start(manner: String): RunningProgram {
            val java =
                ProcessHandle
                    .current()
                    .info()
                    .command()
                    .get()
            val classPath = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
            val program = listOf(java, "-cp", classPath, javaClass.name, manner)
            return RunningProgram(ProcessBuilder(withDefaultInterrupt() + program).start())
        }

        /** A build in the background ignores Ctrl-C, and what it starts inherits that; GNU's `env` undoes it. */
        private fun withDefaultInterrupt(): List<String> {
            val reset = listOf("env", "--default-signal=INT")
            assumeTrue(ProcessBuilder(reset + "true").start().waitFor() == 0, "There is no GNU env to reset signals.")
            return reset
        }
    }

    class RunningProgram(
        private val process: Process,
    ) {
        private val output = process.inputReader()

        fun awaitLine(expected: String) {
            output.readLine() shouldBe expected
        }

        fun interrupt() {
            ProcessBuilder("kill", "-INT", process.pid().toString()).start().waitFor() shouldBe 0
        }

        fun exitCode(): Int {
            process.waitFor(30, TimeUnit.SECONDS) shouldBe true
            return process.exitValue()
        }

        fun errors(): String = process.errorReader().readText()
    }
}
