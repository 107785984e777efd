package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class ConditionTest {
    private val events = mutableListOf<String>()
    private val condition = Condition()

    private fun waiters(vararg names: String) =
        names.map { name ->
            createTask(name) {
                condition.withLock {
                    condition.await()
                    events += name
                }
            }
        }

    @Test
    fun signalWakesAsManyAsItSaysInTheOrderInWhichTheyCame() {
        inVirtualTime {
            val waiters = waiters("a", "b", "c")
            passes(1)
            condition.withLock { condition.signal(2) }
            passes(5)
            events += "signalled two"
            condition.withLock { condition.signal() }
            gather(waiters).await()
        }
        events shouldBe listOf("a", "b", "signalled two", "c")
    }

    @Test
    fun signalAllWakesAll() {
        inVirtualTime {
            val waiters = waiters("a", "b", "c")
            passes(1)
            condition.withLock { condition.signalAll() }
            gather(waiters).await()
        }
        events shouldBe listOf("a", "b", "c")
    }

    @Test
    fun waiterHoldsTheLockWhenItGoesOnAndNotBefore() {
        inVirtualTime {
            val waiter =
                createTask {
                    condition.withLock {
                        condition.await()
                        events +=
                            "woken, locked ${condition.locked()}"
                    }
                }
            passes(1)
            condition.withLock {
                condition.signal()
                passes(3)
                events += "signaller releases"
            }
            waiter.await()
        }
        events shouldBe listOf("signaller releases", "woken, locked true")
    }

    @Test
    fun signalSkipsAWaiterThatIsWokenAlready() {
        inVirtualTime {
            val waiters = waiters("a", "b")
            passes(1)
            condition.withLock {
                condition.signal()
                condition.signal()
            }
            gather(waiters).await()
        }
        events shouldBe listOf("a", "b")
    }

    @Test
    fun signalThatFindsNobodyIsForgotten() =
        inVirtualTime {
            condition.withLock { condition.signal() }
            shouldThrow<TimeoutException> { waitFor(1.seconds) { condition.withLock { condition.await() } } }
        }

    @Test
    fun waitAndSignalWithoutTheLockAreErrors() =
        inVirtualTime {
            shouldThrow<IllegalStateException> { condition.await() }.message shouldContain "withLock"
            shouldThrow<IllegalStateException> { condition.signal() }.message shouldContain "withLock"
            shouldThrow<IllegalStateException> { condition.signalAll() }
        }

    @Test
    fun signalNeedsTheLockToBeHeldButNotByWhoSignals() {
        inVirtualTime {
            val waiters = waiters("a")
            passes(1)
            condition.acquire()
            createTask { condition.signal() }.await()
            events += "signalled by another"
            condition.release()
            gather(waiters).await()
        }
        events shouldBe listOf("signalled by another", "a")
    }

    @Test
    fun waitForAPredicateAsksAgainAfterEachSignal() {
        inVirtualTime {
            var stock = 0
            val waiter =
                createTask {
                    condition.withLock {
                        condition.await {
                            events += "asked at $stock"
                            stock == 2
                        }
                    }
                }
            passes(1)
            repeat(2) {
                condition.withLock {
                    stock++
                    condition.signalAll()
                }
                passes(3)
            }
            waiter.await()
        }
        events shouldBe listOf("asked at 0", "asked at 1", "asked at 2")
    }

    @Test
    fun waitForAPredicateThatHoldsReturnsAtOnce() =
        inVirtualTime {
            runningLoop().callSoon { events += "other" }
            condition.withLock { condition.await { true } }
            events shouldBe emptyList()
        }

    @Test
    fun conditionsMayShareALock() =
        inVirtualTime {
            val lock = Lock()
            val (empty, full) = listOf(Condition(lock), Condition(lock))
            empty.withLock { full.locked() shouldBe true }
            full.lock shouldBeSameInstanceAs lock
        }

    @Test
    fun cancelledWaiterHoldsTheLockWhenItLeaves() {
        inVirtualTime {
            val waiter =
                createTask {
                    condition.withLock {
                        try {
                            condition.await()
                        } finally {
                            events +=
                                "locked ${condition.locked()}"
                        }
                    }
                }
            passes(1)
            waiter.cancel()
            events += outcomeOf { waiter.await() }
            events += "locked ${condition.locked()}"
        }
        events shouldBe listOf("locked true", "CancelledException", "locked false")
    }

    // test_locks.py: ConditionTests.test_cancelled_error_re_aquire
    @Test
    fun cancellationWhileTheLockIsTakenAgainIsThrownAfterwardsAsTheSameInstance() =
        inVirtualTime {
            var caught: CancelledException? = null
            val waiter =
                createTask {
                    condition.withLock {
                        caught = shouldThrow<CancelledException> { condition.await() }
                        condition.locked() shouldBe true
                        throw caught
                    }
                }
            passes(1)
            condition.acquire()
            condition.signal()
            passes(1)
            waiter.cancel("foo")
            condition.release()
            val thrown = shouldThrow<CancelledException> { waiter.await() }
            thrown.message shouldBe "foo"
            thrown shouldBeSameInstanceAs caught
        }

    @Test
    fun everyCancellationWhileTheLockIsTakenAgainIsOutlastedAndTheLastIsThrown() {
        inVirtualTime {
            val waiter = createTask { condition.withLock { condition.await() } }
            passes(1)
            condition.acquire()
            condition.signal()
            listOf("one", "two").forEach {
                passes(2)
                waiter.cancel(it)
            }
            passes(2)
            events += "still waiting ${!waiter.done()}"
            condition.release()
            events += outcomeOf { waiter.await() }
        }
        events shouldBe listOf("still waiting true", "CancelledException: two")
    }

    // test_locks.py: ConditionTests.test_cancelled_wakeup
    @Test
    fun waiterThatWasSignalledAndThenCancelledPassesTheSignalOn() =
        inVirtualTime {
            var items = 0
            val (first, second) =
                List(2) {
                    createTask {
                        condition.withLock {
                            condition.await { items > 0 }
                            items--
                        }
                    }
                }
            passes(1)
            condition.withLock {
                items++
                condition.signal()
                first.cancel()
            }
            outcomeOf { first.await() } shouldBe "CancelledException"
            second.await()
            items shouldBe 0
        }

    // test_locks.py: ConditionTests.test_cancelled_wakeup_relock
    @Test
    fun waiterThatIsCancelledWhileItTakesTheLockAgainPassesTheSignalOn() =
        inVirtualTime {
            var items = 0
            val (first, second) =
                List(2) {
                    createTask {
                        condition.withLock {
                            condition.await { items > 0 }
                            items--
                        }
                    }
                }
            passes(1)
            condition.withLock {
                items++
                condition.signal()
                passes(2)
                first.cancel()
            }
            outcomeOf { first.await() } shouldBe "CancelledException"
            second.await()
            items shouldBe 0
        }
}
