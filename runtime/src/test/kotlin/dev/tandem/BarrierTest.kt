package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test

class BarrierTest {
    private val events = mutableListOf<String>()
    private val barrier = Barrier(3)

    private fun arrivals(count: Int) = List(count) { createTask { barrier.await() } }

    @Test
    fun tasksGoOnWhenTheLastOneArrives() {
        inVirtualTime {
            val waiting = arrivals(2)
            passes(3)
            events += "${barrier.waitingCount} waiting"
            barrier.await()
            gather(waiting).await()
            events += "${barrier.waitingCount} waiting"
        }
        events shouldBe listOf("2 waiting", "0 waiting")
    }

    @Test
    fun eachTaskLearnsHowManyCameBefore() =
        inVirtualTime {
            gather(arrivals(3)).await() shouldBe listOf(0, 1, 2)
        }

    @Test
    fun barrierCanBeUsedAgain() =
        inVirtualTime {
            gather(arrivals(3)).await()
            gather(arrivals(3)).await() shouldBe listOf(0, 1, 2)
        }

    @Test
    fun moreTasksThanPartiesPassInRounds() =
        inVirtualTime {
            gather(arrivals(6)).await() shouldContainExactlyInAnyOrder listOf(0, 0, 1, 1, 2, 2)
        }

    @Test
    fun barrierOfOneNeverWaits() =
        inVirtualTime {
            Barrier(1).await() shouldBe 0
        }

    @Test
    fun barrierNeedsAParty() {
        shouldThrow<IllegalArgumentException> { Barrier(0) }
    }

    // test_locks.py: BarrierTests.test_filling_tasks_cancel_one
    @Test
    fun cancelledTaskNoLongerCountsAndTheOthersWaitOn() =
        inVirtualTime {
            val (first, second) = arrivals(2)
            passes(2)
            first.cancel()
            passes(1)
            barrier.waitingCount shouldBe 1
            outcomeOf { first.await() } shouldBe "CancelledException"
            gather(arrivals(2) + second).await()
            barrier.waitingCount shouldBe 0
            barrier.isBroken shouldBe false
        }

    @Test
    fun resetFailsThoseThatWaitAndTheBarrierIsUsable() =
        inVirtualTime {
            val waiting = arrivals(2)
            passes(2)
            barrier.reset()
            waiting.map { outcomeOf { it.await() }.substringBefore(":") }.distinct() shouldBe
                listOf("BrokenBarrierException")
            barrier.isBroken shouldBe false
            gather(arrivals(3)).await() shouldBe listOf(0, 1, 2)
        }

    @Test
    fun resetOfAnEmptyBarrierChangesNothing() =
        inVirtualTime {
            barrier.reset()
            gather(arrivals(3)).await() shouldBe listOf(0, 1, 2)
        }

    @Test
    fun abortFailsThoseThatWaitAndThoseThatComeUntilAReset() =
        inVirtualTime {
            val waiting = arrivals(2)
            passes(2)
            barrier.abort()
            barrier.isBroken shouldBe true
            waiting.forEach { task -> shouldThrow<BrokenBarrierException> { task.await() } }
            shouldThrow<BrokenBarrierException> { barrier.await() }
            barrier.reset()
            gather(arrivals(3)).await() shouldBe listOf(0, 1, 2)
        }

    @Test
    fun latecomerWaitsUntilTheBarrierHasDrained() {
        inVirtualTime {
            val round =
                List(3) { n ->
                    createTask {
                        barrier.await()
                        events += "round $n"
                    }
                }
            val latecomer =
                createTask {
                    barrier.await()
                    events += "latecomer"
                }
            gather(round).await()
            events += "${barrier.waitingCount} waiting"
            gather(arrivals(2)).await()
            latecomer.await()
        }
        events.takeLast(2) shouldBe listOf("1 waiting", "latecomer")
    }

    @Test
    fun nobodyCountsAsWaitingWhileTheBarrierDrains() =
        inVirtualTime {
            val waiting = arrivals(2)
            passes(2)
            barrier.await()
            "$barrier" shouldBe "Barrier(draining, 2 of 3)"
            barrier.waitingCount shouldBe 0
            gather(waiting).await()
        }

    // test_locks.py: BarrierTests.test_reset_barrier_while_tasks_draining
    @Test
    fun resetWhileTheBarrierDrainsFailsThoseInsideButNotWhoWaitsForTheNextRound() {
        inVirtualTime {
            val round = arrivals(3)
            val latecomer = arrivals(1).single()
            createTask { barrier.reset() }.await()
            round.forEach { task -> events += outcomeOf { task.await() }.substringBefore(":") }
            gather(arrivals(2)).await()
            events += "latecomer ${latecomer.await()}"
        }
        events shouldBe listOf("BrokenBarrierException", "BrokenBarrierException", "done 2", "latecomer 0")
    }

    @Test
    fun abortWhileTheBarrierDrainsFailsWhoWaitsForTheNextRoundAsWell() {
        inVirtualTime {
            val round = arrivals(3)
            val latecomer = arrivals(1).single()
            createTask { barrier.abort() }.await()
            (round + latecomer).forEach { task -> events += outcomeOf { task.await() }.substringBefore(":") }
        }
        events shouldBe
            listOf("BrokenBarrierException", "BrokenBarrierException", "done 2", "BrokenBarrierException")
    }

    @Test
    fun barrierShowsItsState() =
        inVirtualTime {
            val waiting = arrivals(1)
            passes(1)
            "$barrier" shouldBe "Barrier(filling, 1 of 3)"
            barrier.abort()
            gather(waiting, returnExceptions = true).await()
            "$barrier" shouldBe "Barrier(broken, 0 of 3)"
        }
}
