package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class AsCompletedTest {
    private val events = mutableListOf<String>()

    private fun sleeper(seconds: Int) =
        coroutine("sleeper") {
            sleep(seconds.seconds)
            "$seconds"
        }

    @Test
    fun resultsComeInTheOrderOfCompletion() {
        inVirtualTime {
            for (next in asCompleted(listOf(sleeper(3), sleeper(1), sleeper(2)))) events += next.await()
        }
        events shouldBe listOf("1", "2", "3")
    }

    @Test
    fun futuresComeInTheOrderOfCompletion() {
        inVirtualTime {
            for (done in asCompleted(listOf(sleeper(3), sleeper(1), sleeper(2))).futures()) events += done.result()
        }
        events shouldBe listOf("1", "2", "3")
    }

    @Test
    fun nothingGivenIsOverAtOnce() =
        inVirtualTime {
            val none = asCompleted(emptyList<Coroutine<Int>>())
            none.hasNext() shouldBe false
            shouldThrow<NoSuchElementException> { none.next() }
        }

    @Test
    fun failureIsThrownWhereItsTurnIsAndTheRestGoesOn() {
        inVirtualTime {
            val failing = createTask<String> { throw Broken("why") }
            for (next in asCompleted(listOf(sleeper(1), failing))) events += outcomeOf { next.await() }
        }
        events shouldBe listOf("Broken: why", "done 1")
    }

    @Test
    fun awaitableGivenTwiceComesOnce() {
        inVirtualTime {
            val task = createTask { "once" }
            for (next in asCompleted(listOf(task, task))) events += next.await()
        }
        events shouldBe listOf("once")
    }

    // test_tasks.py: test_as_completed_same_tasks_in_as_out
    @Test
    fun futuresAreTheVeryTasksThatWereGiven() =
        inVirtualTime {
            val task = createTask { "task" }
            val given = setOf<Awaitable<String>>(task, coroutine { "coroutine" })
            val seen = mutableListOf<Future<String>>()
            for (done in asCompleted(given).futures()) seen += done
            seen.filter { it in given } shouldBe listOf(task)
            seen.single { it !in given }.shouldBeInstanceOf<Task<String>>()
        }

    // test_tasks.py: test_as_completed_with_timeout
    @Test
    fun everyWaitThatIsLeftTimesOut() {
        inVirtualTime {
            val tasks = listOf(1, 3, 4).map { createTask(sleeper(it)) }
            for (next in asCompleted(tasks, timeout = 2.seconds)) {
                events +=
                    outcomeOf { next.await() }.substringBefore(":")
            }
            events += "${runningLoop().time()}"
            gather(tasks).await()
        }
        events shouldBe listOf("done 1", "TimeoutException", "TimeoutException", "2s")
    }

    // test_tasks.py: test_as_completed_with_timeout
    @Test
    fun loopOverFuturesEndsWithTheTimeout() {
        inVirtualTime {
            val tasks = listOf(1, 3, 4).map { createTask(sleeper(it)) }
            shouldThrow<TimeoutException> {
                for (done in asCompleted(tasks, timeout = 2.seconds).futures()) events += done.result()
            }
            events += "${tasks.count { it.cancelled() }} cancelled"
            gather(tasks).await()
        }
        events shouldBe listOf("1", "0 cancelled")
    }

    @Test
    fun timerIsTakenBackWhenAllAreDone() =
        inVirtualTime {
            for (next in asCompleted(listOf(sleeper(1)), timeout = 100.seconds)) next.await()
            val limit = asCompleted(listOf(sleeper(5)), timeout = 500.milliseconds)
            shouldThrow<TimeoutException> { limit.next().await() }
            runningLoop().time() shouldBe 1500.milliseconds
        }

    // test_tasks.py: test_as_completed_reverse_wait
    @Test
    fun whoAwaitsFirstGetsTheFirstWhicheverWasGivenOutFirst() {
        inVirtualTime {
            val (first, second) = asCompleted(listOf(sleeper(1), sleeper(2))).asSequence().toList()
            events += "second ${second.await()}"
            events += "first ${first.await()}"
        }
        events shouldBe listOf("second 1", "first 2")
    }

    @Test
    fun cancelledWaitLeavesTheTasksRunning() =
        inVirtualTime {
            val task = createTask(sleeper(2))
            val waiter = createTask { asCompleted(listOf(task)).next().await() }
            sleep(1.seconds)
            waiter.cancel()
            outcomeOf { waiter.await() } shouldBe "CancelledException"
            task.await() shouldBe "2"
        }
}
