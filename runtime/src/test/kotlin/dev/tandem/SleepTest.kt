package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TimerHeap
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class SleepTest {
    private val events = mutableListOf<String>()

    @Test
    fun sleepersWakeByTimeNotByTheOrderOfTheCalls() {
        inVirtualTime {
            val sleepers =
                listOf(3, 1, 2).map { n ->
                    createTask {
                        sleep(n.seconds)
                        events +=
                            "$n at ${runningLoop().time()}"
                    }
                }
            gather(sleepers).await()
        }
        events shouldBe listOf("1 at 1s", "2 at 2s", "3 at 3s")
    }

    @Test
    fun zeroGivesEverythingThatIsReadyOneTurn() {
        inVirtualTime {
            runningLoop().callSoon { events += "ready" }
            sleep(Duration.ZERO)
            events += "back"
        }
        events shouldBe listOf("ready", "back")
    }

    @Test
    fun zeroTakesOnePassAndNoMore() {
        inVirtualTime {
            val other =
                createTask {
                    repeat(3) {
                        events += "other"
                        sleep(Duration.ZERO)
                    }
                }
            repeat(3) {
                events += "main"
                sleep(Duration.ZERO)
            }
            other.await()
        }
        events shouldBe listOf("main", "other", "main", "other", "main", "other")
    }

    @Test
    fun negativeDelayCountsAsZero() {
        inVirtualTime {
            runningLoop().callSoon { events += "ready" }
            sleep((-5).seconds)
            events += "back at ${runningLoop().time()}"
        }
        events shouldBe listOf("ready", "back at 0s")
    }

    @Test
    fun cancelledSleepTakesItsTimerBack() =
        inVirtualTime {
            val sleeper = createTask { sleep(10.seconds) }
            passes(1)
            sleeper.cancel()
            passes(1)
            (runningLoop() as SingleThreadLoop).timers.nextNanos() shouldBe TimerHeap.NEVER
        }

    @Test
    fun endlessSleepEndsWhenItIsCancelled() =
        inVirtualTime {
            val sleeper = createTask { sleep(Duration.INFINITE) }
            sleep(1.seconds)
            sleeper.cancel()
            outcomeOf { sleeper.await() } shouldBe "CancelledException"
        }

    @Test
    fun sleepOutsideALoopSaysWhereItBelongs() {
        val error = shouldThrow<IllegalStateException> { runBlocking { sleep(1.seconds) } }
        error.message shouldContain "runLoop"
    }
}
