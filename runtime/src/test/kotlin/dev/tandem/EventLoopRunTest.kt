package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

/** Running, stopping and closing. */
class EventLoopRunTest {
    private val events = mutableListOf<String>()

    @Test
    fun stopBeforeARunLetsItMakeOnePass() {
        withLoop { loop ->
            loop.callSoon {
                events += "first pass"
                loop.callSoon { events += "second pass" }
            }
            loop.stop()
            loop.runForever()
        }
        events shouldBe listOf("first pass")
    }

    @Test
    fun stopFinishesThePassThatIsRunning() {
        withLoop { loop ->
            loop.callSoon { loop.stop() }
            loop.callSoon { events += "same pass" }
            loop.runForever()
        }
        events shouldBe listOf("same pass")
    }

    @Test
    fun stoppedLoopGoesOnWhereItStood() {
        withLoop { loop ->
            loop.callSoon {
                loop.stop()
                loop.callSoon { events += "left over" }
            }
            loop.runForever()
            events += "second run"
            loop.runOnePass()
        }
        events shouldBe listOf("second run", "left over")
    }

    @Test
    fun runUntilCompleteReturnsTheResult() = withLoop { loop -> loop.runUntilComplete(coroutine { 42 }) shouldBe 42 }

    @Test
    fun runUntilCompleteThrowsTheExceptionItself() =
        withLoop { loop ->
            val failure = Broken()
            shouldThrow<Broken> { loop.runUntilComplete(coroutine { throw failure }) } shouldBeSameInstanceAs failure
        }

    @Test
    fun runUntilCompleteFinishesThePassThatNoticedTheEnd() {
        withLoop { loop ->
            val future = loop.createFuture<Unit>()
            loop.callSoon {
                future.setResult(Unit)
                loop.callSoon { events += "pass that noticed" }
            }
            loop.runUntilComplete(future)
        }
        events shouldBe listOf("pass that noticed")
    }

    @Test
    fun runUntilCompleteThatWasStoppedBeforeTheEndSaysSo() =
        withLoop { loop ->
            loop.callSoon { loop.stop() }
            val error = shouldThrow<IllegalStateException> { loop.runUntilComplete(loop.createFuture<Unit>()) }
            error.message shouldContain "stopped before"
        }

    @Test
    fun runInsideARunIsRefused() {
        withLoop { loop ->
            loop.callSoon { events += outcomeOf { loop.runForever() } }
            loop.runOnePass()
        }
        events shouldBe
            listOf("IllegalStateException: This loop is running already, on thread ${Thread.currentThread().name}.")
    }

    @Test
    fun runOfAnotherLoopOnTheSameThreadIsRefused() {
        inVirtualTime {
            withLoop { other -> events += outcomeOf { other.runForever() } }
        }
        events.single() shouldContain "Another loop is running on this thread"
    }

    @Test
    fun loopIsRunningDuringItsCallsOnly() {
        withLoop { loop ->
            events += "before ${loop.isRunning}"
            loop.callSoon { events += "during ${loop.isRunning}" }
            loop.runOnePass()
            events += "after ${loop.isRunning}"
        }
        events shouldBe listOf("before false", "during true", "after false")
    }

    @Test
    fun closedLoopRefusesEveryCall() =
        withLoop { loop ->
            loop.close()
            listOf(
                outcomeOf { loop.callSoon {} },
                outcomeOf { loop.callLater(1.seconds) {} },
                outcomeOf { loop.callAt(1.seconds) {} },
                outcomeOf { loop.callSoonThreadsafe {} },
                outcomeOf { loop.createTask {} },
                outcomeOf { loop.runInExecutor(null) {} },
                outcomeOf { loop.runForever() },
                outcomeOf { loop.runUntilComplete(coroutine {}) },
            ).distinct() shouldContainExactly listOf("IllegalStateException: This loop is closed.")
        }

    @Test
    fun closeIsIdempotent() =
        withLoop { loop ->
            loop.close()
            loop.close()
            loop.isClosed shouldBe true
        }

    @Test
    fun runningLoopCannotBeClosed() {
        withLoop { loop ->
            loop.callSoon { events += outcomeOf { loop.close() } }
            loop.runOnePass()
        }
        events.single() shouldContain "running loop cannot be closed"
    }

    @Test
    fun runningLoopOutsideALoopNamesTheThread() {
        val error = shouldThrow<IllegalStateException> { runningLoop() }
        error.message shouldContain Thread.currentThread().name
        runningLoopOrNull() shouldBe null
    }

    @Test
    fun errorOfTheJvmLeavesTheLoopWhichCanRunAgain() {
        withLoop { loop ->
            loop.callSoon { throw OutOfMemoryError("made up") }
            loop.callSoon { events += "rest of the pass" }
            events += outcomeOf { loop.runForever() }
            loop.runOnePass()
        }
        events shouldBe listOf("OutOfMemoryError: made up", "rest of the pass")
    }

    @Test
    fun loopShowsItsState() =
        withLoop { loop ->
            loop.callSoon { events += loop.toString() }
            loop.runOnePass()
            events += loop.toString()
            loop.close()
            events += loop.toString()
            events shouldBe listOf("EventLoop(running)", "EventLoop(not running)", "EventLoop(closed)")
        }

    @Test
    fun attachmentIsMadeOnceAndClosedWithTheLoop() {
        class Buffers : AutoCloseable {
            override fun close() {
                events += "closed"
            }
        }
        withLoop { loop ->
            val first = loop.attachment(Buffers::class.java) { Buffers() }
            loop.attachment(Buffers::class.java) { Buffers() } shouldBeSameInstanceAs first
            events += "still open"
        }
        events shouldBe listOf("still open", "closed")
    }
}
