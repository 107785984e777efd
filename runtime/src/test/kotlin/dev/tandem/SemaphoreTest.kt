package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class SemaphoreTest {
    private val events = mutableListOf<String>()

    private fun waiters(
        semaphore: Semaphore,
        vararg names: String,
    ) = names.map { name ->
        createTask {
            semaphore.acquire()
            events += name
        }
    }

    @Test
    fun permitsAreTakenWithoutWaitingWhileThereAreSome() =
        inVirtualTime {
            val semaphore = Semaphore(2)
            repeat(2) { semaphore.acquire() }
            semaphore.locked() shouldBe true
            semaphore.release()
            semaphore.locked() shouldBe false
        }

    @Test
    fun asManyTasksAsThereArePermitsRunAtOnce() {
        inVirtualTime {
            val semaphore = Semaphore(2)
            val tasks =
                (1..4).map { n ->
                    createTask {
                        semaphore.withPermit {
                            sleep(1.seconds)
                            events +=
                                "$n at ${runningLoop().time()}"
                        }
                    }
                }
            gather(tasks).await()
        }
        events shouldBe listOf("1 at 1s", "2 at 1s", "3 at 2s", "4 at 2s")
    }

    @Test
    fun negativeNumberOfPermitsIsRefused() {
        shouldThrow<IllegalArgumentException> { Semaphore(-1) }
    }

    @Test
    fun withPermitReleasesWhenItsBodyFails() =
        inVirtualTime {
            val semaphore = Semaphore(1)
            outcomeOf { semaphore.withPermit { throw Broken() } } shouldBe "Broken"
            semaphore.locked() shouldBe false
        }

    @Test
    fun newcomerDoesNotOvertakeAWaiterThatWasWoken() {
        inVirtualTime {
            val semaphore = Semaphore(0)
            val waiter =
                createTask {
                    semaphore.acquire()
                    events += "waiter"
                }
            passes(1)
            repeat(2) { semaphore.release() }
            events += "locked ${semaphore.locked()}"
            semaphore.acquire()
            events += "newcomer"
            waiter.await()
        }
        events shouldBe listOf("locked true", "waiter", "newcomer")
    }

    // test_locks.py: SemaphoreTests.test_acquire_fifo_order_4
    @Test
    fun threePermitsForThreeWaitersAreServedInOrderAlthoughOneOfThemReleasedThem() {
        inVirtualTime {
            val semaphore = Semaphore(0)
            val first =
                createTask {
                    semaphore.acquire()
                    createTask { events += "fourth, created by the first" }
                    events += "first"
                }
            val second =
                createTask {
                    repeat(3) { semaphore.release() }
                    semaphore.acquire()
                    events += "second"
                }
            val third =
                createTask {
                    semaphore.acquire()
                    events += "third"
                }
            gather(first, second, third).await()
            passes(1)
        }
        events shouldBe listOf("first", "second", "third", "fourth, created by the first")
    }

    @Test
    fun cancelledWaiterTakesNoPermit() =
        inVirtualTime {
            val semaphore = Semaphore(0)
            val waiter = createTask { semaphore.acquire() }
            passes(1)
            waiter.cancel()
            outcomeOf { waiter.await() } shouldBe "CancelledException"
            semaphore.release()
            semaphore.locked() shouldBe false
        }

    @Test
    fun waiterThatWasWokenAndThenCancelledPassesItsPermitOn() {
        inVirtualTime {
            val semaphore = Semaphore(0)
            val (first, second) =
                listOf("first", "second").map { name ->
                    createTask {
                        semaphore.acquire()
                        events +=
                            name
                    }
                }
            passes(1)
            semaphore.release()
            first.cancel()
            second.await()
        }
        events shouldBe listOf("second")
    }

    // test_locks.py: SemaphoreTests.test_acquire_cancel_before_awoken
    @Test
    fun waitersThatAreCancelledBeforeTheReleaseUseUpNoPermit() {
        inVirtualTime {
            val semaphore = Semaphore(0)
            val waiters = waiters(semaphore, "1", "2", "3", "4")
            passes(1)
            waiters.take(2).forEach { it.cancel() }
            repeat(2) { semaphore.release() }
            gather(waiters, returnExceptions = true).await()
        }
        events shouldBe listOf("3", "4")
    }

    @Test
    fun waitersThatWereWokenAndThenCancelledPassAllTheirPermitsOn() {
        inVirtualTime {
            val semaphore = Semaphore(0)
            val waiters = waiters(semaphore, "1", "2", "3", "4")
            passes(1)
            repeat(2) { semaphore.release() }
            waiters.take(2).forEach { it.cancel() }
            gather(waiters, returnExceptions = true).await()
        }
        events shouldBe listOf("3", "4")
    }

    @Test
    fun permitOfAWaiterThatWasWokenAndThenCancelledIsFreeIfNobodyWaits() =
        inVirtualTime {
            val semaphore = Semaphore(0)
            val waiter = createTask { semaphore.acquire() }
            passes(1)
            semaphore.release()
            waiter.cancel()
            outcomeOf { waiter.await() } shouldBe "CancelledException"
            "$semaphore" shouldBe "Semaphore(1 free, 0 waiting)"
        }

    @Test
    fun semaphoreMayGrow() =
        inVirtualTime {
            val semaphore = Semaphore(0)
            repeat(3) { semaphore.release() }
            "$semaphore" shouldBe "Semaphore(3 free, 0 waiting)"
        }

    @Test
    fun boundedSemaphoreRefusesAPermitThatNobodyHolds() =
        inVirtualTime {
            val semaphore = BoundedSemaphore(1)
            semaphore.acquire()
            semaphore.release()
            shouldThrow<IllegalArgumentException> { semaphore.release() }
        }

    @Test
    fun boundedSemaphoreHandsAPermitOverLikeAnyOther() =
        inVirtualTime {
            val semaphore = BoundedSemaphore(1)
            semaphore.acquire()
            val waiter = createTask { semaphore.acquire() }
            passes(1)
            semaphore.release()
            waiter.await()
            semaphore.release()
            semaphore.locked() shouldBe false
        }
}
