package dev.tandem

import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test

/** The exception handler. */
class EventLoopErrorsTest {
    private val events = mutableListOf<String>()
    private val reports = mutableListOf<ExceptionContext>()

    @Test
    fun failedCallIsReportedAndTheLoopGoesOn() {
        withLoop { loop ->
            loop.exceptionHandler = ExceptionHandler { _, report -> events += "report: ${report.exception?.message}" }
            loop.callSoon { throw Broken("why") }
            loop.callSoon { events += "next call" }
            loop.runOnePass()
        }
        events shouldBe listOf("report: why", "next call")
    }

    @Test
    fun reportHoldsTheExceptionAndTheHandle() {
        val failure = Broken()
        withLoop { loop ->
            loop.exceptionHandler = ExceptionHandler { _, report -> reports += report }
            val handle = loop.callSoon { throw failure }
            loop.runOnePass()
            reports.single().exception shouldBeSameInstanceAs failure
            reports.single().handle shouldBe handle
        }
    }

    @Test
    fun handlerRunsInTheContextOfTheFailedCall() {
        val color = ContextVar("color", default = "none")
        withLoop { loop ->
            loop.exceptionHandler = ExceptionHandler { _, _ -> events += color.get() }
            val context = Context()
            context.run { color.set("red") }
            loop.callSoon(context) { throw Broken() }
            loop.runOnePass()
        }
        events shouldBe listOf("red")
    }

    @Test
    fun failedDoneCallbackIsReportedAndTheOthersRun() {
        inVirtualTime {
            val loop = runningLoop()
            loop.exceptionHandler = ExceptionHandler { _, report -> events += "report: ${report.exception?.message}" }
            val future = loop.createFuture<Unit>()
            future.addDoneCallback { throw Broken("first") }
            future.addDoneCallback { events += "second" }
            future.setResult(Unit)
            passes(1)
        }
        events shouldBe listOf("report: first", "second")
    }

    @Test
    fun withoutAHandlerTheErrorIsLogged() {
        val failure = Broken("why")
        val log =
            captureLog {
                withLoop { loop ->
                    loop.callSoon { throw failure }
                    loop.runOnePass()
                }
            }
        log.map { it.thrown } shouldContainExactly listOf(failure)
        log.single().message shouldStartWith "Exception in callback Handle("
    }

    @Test
    fun failingHandlerIsReplacedByTheLogAndTheLoopGoesOn() {
        val log =
            captureLog {
                withLoop { loop ->
                    loop.exceptionHandler = ExceptionHandler { _, _ -> throw Broken("handler") }
                    loop.callSoon { throw Broken("call") }
                    loop.callSoon { events += "next call" }
                    loop.runOnePass()
                }
            }
        log shouldHaveSize 1
        log.single().message shouldContain "The exception handler failed"
        log.single().thrown.message shouldBe "handler"
        log
            .single()
            .thrown.suppressed
            .map { it.message } shouldContainExactly listOf("call")
        events shouldBe listOf("next call")
    }

    @Test
    fun callExceptionHandlerReportsWhatItIsGiven() =
        withLoop { loop ->
            loop.exceptionHandler = ExceptionHandler { _, report -> reports += report }
            val report = ExceptionContext("something odd")
            loop.callExceptionHandler(report)
            reports.single() shouldBeSameInstanceAs report
        }

    @Test
    fun handlerThatIsTakenAwayHandlesNothingMore() {
        val log =
            captureLog {
                withLoop { loop ->
                    loop.exceptionHandler = ExceptionHandler { _, report -> reports += report }
                    loop.exceptionHandler = null
                    loop.callExceptionHandler(ExceptionContext("something odd"))
                }
            }
        log.single().message shouldBe "something odd"
        reports shouldBe emptyList()
    }
}
