package dev.tandem

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import java.util.logging.LogRecord
import kotlin.time.Duration.Companion.milliseconds

/** What is reported when the garbage collector finds it: real time, since nobody else knows when that is. */
class ForgottenReportRealTimeTest {
    private val reports = mutableListOf<ExceptionContext>()

    // CPython: test_tb_logger_exception_unretrieved
    @Test
    fun exceptionThatNobodyAskedForIsReportedWithTheNameOfItsTask() {
        collectingReports {
            createTask("lost") { throw Broken("nobody looks") }
            collectGarbageUntil { reports.isNotEmpty() }
        }
        reports.single().message shouldBe "The exception of Task(lost) was never retrieved"
        reports.single().exception?.message shouldBe "nobody looks"
    }

    // CPython: test_tb_logger_result_retrieved, test_tb_logger_not_called_after_cancel
    @Test
    fun exceptionThatSomebodySawOrThatWasCancelledAfterwardsIsNotReported() {
        collectingReports {
            createTask("awaited") { throw Broken() }.let { outcomeOf { it.await() } }
            createTask("asked") { throw Broken() }.let { task ->
                sleep(1.milliseconds)
                task.exception()
            }
            createTask("gathered") { throw Broken() }.let { gather(listOf(it), returnExceptions = true).await() }
            createTask("dependent") { throw Broken() }.handle { _, _ -> }
            createTask("dependent later") { throw Broken() }.let { task ->
                sleep(1.milliseconds)
                task.handle { _, _ -> }
            }
            createTask("cancelled") { throw Broken() }.let { task ->
                sleep(1.milliseconds)
                task.cancel()
            }
            createTask("lost") { throw Broken() }
            collectGarbageUntil { reports.isNotEmpty() }
        }
        reports.map { it.message } shouldBe listOf("The exception of Task(lost) was never retrieved")
    }

    // CPython: test_exception_marking
    @Test
    fun failureThatComesAfterGatherHasFailedIsNotReported() {
        collectingReports {
            outcomeOf {
                gather(coroutine<Unit> { throw Broken("first") }, coroutine<Unit> { throw Broken("second") }).await()
            } shouldBe "Broken: first"
            sleep(1.milliseconds)
            createTask("lost") { throw Broken() }
            collectGarbageUntil { reports.isNotEmpty() }
        }
        reports.map { it.message } shouldBe listOf("The exception of Task(lost) was never retrieved")
    }

    @Test
    fun debugModeTellsWhereTheForgottenTaskWasMade() {
        collectingReports(debug = true) {
            createTask("lost") { throw Broken() }
            collectGarbageUntil { reports.isNotEmpty() }
        }
        reports.single().toString() shouldContain "ForgottenReportRealTimeTest"
    }

    @Test
    fun debugModeReportsACoroutineThatWasNeverAwaited() {
        val log =
            captureLog { records ->
                runLoop(debug = true) {
                    coroutine("forgotten") { }
                    coroutine("closed") { }.close()
                    coroutine("awaited") { }.await()
                    collectGarbageUntil { records.messagesWith("Coroutine forgotten").isNotEmpty() }
                }
            }
        val message = log.messagesWith("Coroutine forgotten").single()
        message shouldContain "was never awaited, so its body never ran."
        message shouldContain "ForgottenReportRealTimeTest"
        log.messagesWith("Coroutine closed").shouldBeEmpty()
        log.messagesWith("Coroutine awaited").shouldBeEmpty()
    }

    @Test
    fun debugModeReportsALoopThatWasNeverClosed() {
        val log =
            captureLog { records ->
                newEventLoop(debug = true)
                runLoop { collectGarbageUntil { records.messagesWith(FORGOTTEN_LOOP).isNotEmpty() } }
            }
        log.messagesWith(FORGOTTEN_LOOP).single() shouldContain "EventLoop was never closed."
    }

    @Test
    fun withoutDebugModeACoroutineMayBeForgotten() {
        val log =
            captureLog {
                collectingReports {
                    coroutine("forgotten") { }
                    createTask("lost") { throw Broken() }
                    collectGarbageUntil { reports.isNotEmpty() }
                }
            }
        log.messagesWith("Coroutine forgotten").shouldBeEmpty()
    }

    /** Other tests leave garbage of their own, which may be found while this one runs. */
    private fun List<LogRecord>.messagesWith(text: String) = map { it.message }.filter { text in it }

    private fun collectingReports(
        debug: Boolean = false,
        body: suspend () -> Unit,
    ) = runLoop(debug = debug) {
        runningLoop().exceptionHandler = ExceptionHandler { _, context -> reports += context }
        body()
    }

    private suspend fun collectGarbageUntil(found: () -> Boolean) {
        repeat(500) {
            if (found()) return
            System.gc()
            sleep(5.milliseconds)
        }
    }

    private companion object {
        /** The test that makes the loop is in the stack that the report shows. */
        const val FORGOTTEN_LOOP = "debugModeReportsALoopThatWasNeverClosed"
    }
}
