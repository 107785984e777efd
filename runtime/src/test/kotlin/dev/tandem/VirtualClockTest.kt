package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldNotContain
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

class VirtualClockTest {
    private val events = mutableListOf<String>()

    @Test
    fun timeStartsAtZero() = inVirtualTime { runningLoop().time() shouldBe Duration.ZERO }

    @Test
    fun timeJumpsToTheNextTimer() =
        inVirtualTime {
            sleep(365.days)
            runningLoop().time() shouldBe 365.days
        }

    @Test
    fun timeStandsStillWhileAnythingIsReady() {
        inVirtualTime {
            runningLoop().callLater(1.seconds) { events += "timer" }
            passes(1000)
            events += "passes at ${runningLoop().time()}"
            sleep(2.seconds)
        }
        events shouldBe listOf("passes at 0s", "timer")
    }

    @Test
    fun timeStandsStillWhileAThreadWorks() {
        inVirtualTime {
            runningLoop().callLater(1.seconds) { events += "timer" }
            events += toThread { "thread" }
            events += "at ${runningLoop().time()}"
            sleep(2.seconds)
        }
        events shouldBe listOf("thread", "at 0s", "timer")
    }

    @Test
    fun oneClockServesOneLoopAfterTheOther() {
        val clock = VirtualClock()
        runLoop(clock) { sleep(1.hours) }
        runLoop(clock) { sleep(1.hours) }
        clock.time() shouldBe 2.hours
    }

    @Test
    fun deadlockEndsTheRunWithTheTasksThatAreLeft() {
        val error =
            shouldThrow<IllegalStateException> {
                inVirtualTime {
                    val reader = createTask("reader") { runningLoop().createFuture<Unit>().await() }
                    createTask("writer") { reader.await() }.await()
                }
            }
        error.message shouldContain "Nothing can ever happen again"
        error.message shouldContain "Task(reader, pending, waiting on Future)"
        error.message shouldContain "Task(writer, pending, waiting on Task(reader))"
    }

    @Test
    fun deadlockNamesWhatTheTasksThatAreLeftWaitFor() {
        val error =
            shouldThrow<IllegalStateException> {
                inVirtualTime {
                    createTask("starter") { Event().await() }
                    createTask("reader") { Queue<Int>().get() }.await()
                }
            }
        error.message shouldContain "Task(starter, pending, waiting on Event(not set, 1 waiting))"
        error.message shouldContain "Task(reader, pending, waiting on Queue("
    }

    @Test
    fun deadlockErrorLeavesOutTheTasksThatAreDone() {
        val error =
            shouldThrow<IllegalStateException> {
                inVirtualTime {
                    createTask("finished") {}.await()
                    runningLoop().createFuture<Unit>().await()
                }
            }
        error.message shouldNotContain "finished"
    }

    @Test
    fun deadlockedTasksStillRunTheirCleanup() {
        outcomeOf {
            inVirtualTime {
                try {
                    runningLoop().createFuture<Unit>().await()
                } finally {
                    events += "cleanup"
                }
            }
        }
        events shouldBe listOf("cleanup")
    }
}
