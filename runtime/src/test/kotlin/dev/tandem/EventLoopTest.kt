package dev.tandem

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The cycle: what runs in which pass, in which order. */
class EventLoopTest {
    private val events = mutableListOf<String>()

    @Test
    fun callsRunInTheOrderInWhichTheyWereMade() {
        withLoop { loop ->
            listOf("a", "b", "c").forEach { name -> loop.callSoon { events += name } }
            loop.runOnePass()
        }
        events shouldBe listOf("a", "b", "c")
    }

    @Test
    fun passRunsExactlyWhatWasReadyWhenItBegan() {
        withLoop { loop ->
            loop.callSoon {
                events += "first"
                loop.callSoon { events += "added by first" }
            }
            loop.callSoon { events += "second" }
            loop.runOnePass()
            events += "next pass"
            loop.runOnePass()
        }
        events shouldBe listOf("first", "second", "next pass", "added by first")
    }

    @Test
    fun dueTimersRunAfterWhatWasReadyInTheSamePass() {
        withLoop { loop ->
            loop.callLater(Duration.ZERO) { events += "timer" }
            loop.callSoon { events += "ready" }
            loop.runOnePass()
        }
        events shouldBe listOf("ready", "timer")
    }

    @Test
    fun timersRunByTimeAndThenByTheOrderInWhichTheyWereSet() {
        inVirtualTime {
            val loop = runningLoop()
            loop.callLater(2.seconds) { events += "2s" }
            loop.callLater(1.seconds) { events += "1s, set first" }
            loop.callLater(1.seconds) { events += "1s, set second" }
            loop.callAt(1.seconds) { events += "1s, set third" }
            sleep(3.seconds)
        }
        events shouldBe listOf("1s, set first", "1s, set second", "1s, set third", "2s")
    }

    @Test
    fun timersThatAreDueTogetherRunInOnePass() {
        inVirtualTime {
            val loop = runningLoop()
            loop.callLater(1.seconds) {
                events += "first"
                loop.callSoon { events += "added by first" }
            }
            loop.callLater(1.seconds) { events += "second" }
            sleep(2.seconds)
        }
        events shouldBe listOf("first", "second", "added by first")
    }

    @Test
    fun negativeDelayIsDueInTheNextPass() {
        withLoop { loop ->
            loop.callLater((-1).hours) { events += "past" }
            loop.runOnePass()
        }
        events shouldBe listOf("past")
    }

    @Test
    fun timerSetByADueTimerWaitsForTheNextPass() {
        withLoop { loop ->
            loop.callLater(Duration.ZERO) {
                events += "timer"
                loop.callLater(Duration.ZERO) { events += "set by timer" }
            }
            loop.runOnePass()
            events += "next pass"
            loop.runOnePass()
        }
        events shouldBe listOf("timer", "next pass", "set by timer")
    }

    @Test
    fun cancelledTimersAreSweptOutWithoutDisturbingTheOthers() {
        inVirtualTime {
            val loop = runningLoop()
            val timers = (1..300).map { n -> loop.callLater(n.milliseconds) { if (n % 50 == 0) events += "$n" } }
            timers.filterIndexed { index, _ -> (index + 1) % 3 != 0 }.forEach { it.cancel() }
            sleep(1.seconds)
        }
        events shouldBe listOf("150", "300")
    }

    @Test
    fun callRunsInACopyOfTheContextInWhichItWasMade() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            color.set("red")
            runningLoop().callSoon {
                events += color.get()
                color.set("changed in the call")
            }
            passes(1)
            events += color.get()
        }
        events shouldBe listOf("red", "red")
    }

    @Test
    fun currentTaskIsNullInACall() {
        inVirtualTime {
            runningLoop().callSoon { events += "${currentTask()}" }
            passes(1)
        }
        events shouldBe listOf("null")
    }
}
