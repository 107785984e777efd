package dev.tandem.samples.docs

import dev.tandem.VirtualClock
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import io.kotest.matchers.collections.shouldContainExactly
import org.junit.jupiter.api.Test

/** What the examples of `docs/semantics.md` print is what the comments in them say. */
class SemanticsExamplesTest {
    @Test
    fun entriesRunInTheOrderInWhichTheyBecameReady() {
        printed(::order)
            .shouldContainExactly("caller", "task: first step", "callback", "caller again", "timer")
    }

    @Test
    fun awaitingWhatIsDoneGivesNobodyATurn() {
        printed(::awaitingWhatIsDone).shouldContainExactly("got 42", "the other task")
    }

    @Test
    fun caughtCancellationIsSpent() {
        printed(::cancellationIsAnException)
            .shouldContainExactly("asked to stop", "finished, cancelled=false, requests=1")
    }

    @Test
    fun timeLimitInsideAScopeCancelsTheScopeForGood() {
        printed(::timeLimitInsideScope).shouldContainExactly("too slow", "cancelled by its own time limit")
    }

    @Test
    fun timeLimitAroundAScopeLetsTheTaskGoOn() {
        printed(::timeLimitAroundScope).shouldContainExactly("too slow", "goes on")
    }

    @Test
    fun virtualHourTakesNoTime() {
        linesOf(::timeThatTakesNoTime).shouldContainExactly("1h")
    }

    private fun printed(example: suspend () -> Unit): List<String> =
        linesOf { runLoop(clock = VirtualClock()) { example() } }

    private fun linesOf(example: () -> Unit): List<String> = outputOf(example).lines().filter(String::isNotEmpty)
}
