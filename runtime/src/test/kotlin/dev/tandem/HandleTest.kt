package dev.tandem

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class HandleTest {
    private val events = mutableListOf<String>()

    @Test
    fun cancelledCallIsNotMade() {
        withLoop { loop ->
            loop.callSoon { events += "cancelled" }.cancel()
            loop.callSoon { events += "kept" }
            loop.runOnePass()
        }
        events shouldBe listOf("kept")
    }

    @Test
    fun callCanBeCancelledInTheVeryPassInWhichItIsReady() {
        withLoop { loop ->
            lateinit var second: Handle
            loop.callSoon { second.cancel() }
            second = loop.callSoon { events += "second" }
            loop.runOnePass()
        }
        events shouldBe emptyList()
    }

    @Test
    fun timerThatIsDueCanStillBeCancelledInThatPass() {
        withLoop { loop ->
            lateinit var second: Handle
            loop.callLater(0.seconds) { second.cancel() }
            second = loop.callLater(0.seconds) { events += "second" }
            loop.runOnePass()
        }
        events shouldBe emptyList()
    }

    @Test
    fun cancelIsIdempotent() =
        withLoop { loop ->
            val handle = loop.callLater(1.seconds) {}
            handle.cancel()
            handle.cancel()
            handle.cancelled() shouldBe true
        }

    @Test
    fun cancelAfterTheCallChangesNothing() {
        withLoop { loop ->
            val handle = loop.callSoon { events += "made" }
            loop.runOnePass()
            handle.cancel()
            loop.runOnePass()
        }
        events shouldBe listOf("made")
    }

    @Test
    fun handleKnowsTheContextItWasGiven() =
        withLoop { loop ->
            val context = Context()
            loop.callSoon(context) {}.context shouldBeSameInstanceAs context
        }

    @Test
    fun handleWithoutAGivenContextHasACopyOfTheCurrentOne() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            color.set("red")
            val handle = runningLoop().callSoon { events += color.get() }
            color.set("blue")
            events += "handle has ${handle.context[color]}"
            passes(1)
        }
        events shouldBe listOf("handle has red", "red")
    }

    @Test
    fun timerHandleKnowsWhenItIsDue() =
        inVirtualTime {
            sleep(3.seconds)
            runningLoop().callLater(2.seconds) {}.`when`() shouldBe 5.seconds
        }

    @Test
    fun handleShowsWhetherItWasCancelled() =
        withLoop { loop ->
            val handle = loop.callLater(2.seconds) {}
            handle.toString() shouldContain "TimerHandle at 2s"
            handle.cancel()
            handle.toString() shouldContain "cancelled"
        }
}
