package dev.tandem

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class DebugModeRealTimeTest {
    @Test
    fun stepThatBlocksTheLoopIsReportedWithTheStackThatWasRunning() {
        val log = captureLog { runDebugging(limit = 200.milliseconds) { blockForAWhile() } }
        log shouldHaveSize 1
        log.single().message shouldStartWith "The loop was busy for "
        log.single().message shouldContain "Task(main"
        log.single().message shouldContain "blockForAWhile"
    }

    @Test
    fun stepThatMayNeverEndIsReportedWhileItBlocksTheLoop() {
        captureLog { log ->
            runDebugging(limit = 10.milliseconds) { blockUntil { log.isNotEmpty() } }
            log.first().message shouldStartWith "The loop is stuck: it has been busy for "
            log.first().message shouldContain "blockUntil"
        }
    }

    @Test
    fun stepThatIsQuickIsNotReported() {
        captureLog { runDebugging(limit = 30.seconds) { blockForAWhile() } }.shouldBeEmpty()
    }

    @Test
    fun withoutDebugModeNothingIsMeasured() {
        captureLog {
            runLoop {
                runningLoop().slowCallbackDuration = Duration.ZERO
                sleep(Duration.ZERO)
            }
        }.shouldBeEmpty()
    }

    private fun runDebugging(
        limit: Duration,
        body: suspend () -> Unit,
    ) = runLoop(debug = true) {
        runningLoop().slowCallbackDuration = limit
        createTask("main") {
            sleep(Duration.ZERO)
            body()
        }.await()
    }

    private fun blockUntil(condition: () -> Boolean) {
        while (!condition()) Thread.sleep(10)
    }

    /** So long that the watch gets a turn to look, however busy the machine is. */
    private fun blockForAWhile() = Thread.sleep(1_000)
}
