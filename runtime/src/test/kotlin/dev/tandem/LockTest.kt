package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class LockTest {
    private val events = mutableListOf<String>()
    private val lock = Lock()

    @Test
    fun freeLockIsTakenWithoutGivingUpTheTurn() =
        inVirtualTime {
            runningLoop().callSoon { events += "other" }
            lock.acquire()
            lock.locked() shouldBe true
            lock.release()
            lock.locked() shouldBe false
            events shouldBe emptyList()
        }

    @Test
    fun waitersGetTheLockInTheOrderInWhichTheyCame() {
        inVirtualTime {
            val tasks =
                listOf("a", "b", "c").map { name ->
                    createTask {
                        lock.withLock {
                            events += name
                            sleep(1.seconds)
                        }
                    }
                }
            gather(tasks).await()
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("a", "b", "c", "3s")
    }

    @Test
    fun newcomerQueuesBehindAWaiterThatWasWoken() {
        inVirtualTime {
            lock.acquire()
            val waiter = createTask { lock.withLock { events += "waiter" } }
            passes(1)
            lock.release()
            lock.withLock { events += "newcomer" }
            waiter.await()
        }
        events shouldBe listOf("waiter", "newcomer")
    }

    @Test
    fun newcomerDoesNotQueueBehindAWaiterThatIsBeingCancelled() {
        inVirtualTime {
            lock.acquire()
            val waiter = createTask { lock.withLock { events += "waiter" } }
            passes(1)
            waiter.cancel()
            lock.release()
            runningLoop().callSoon { events += "other" }
            lock.withLock { events += "newcomer" }
            events += outcomeOf { waiter.await() }
        }
        events shouldBe listOf("newcomer", "other", "CancelledException")
    }

    @Test
    fun releaseOfAFreeLockIsAnError() {
        shouldThrow<IllegalStateException> { lock.release() }
    }

    @Test
    fun lockIsNotReentrant() =
        inVirtualTime {
            lock.acquire()
            shouldThrow<TimeoutException> { waitFor(1.seconds) { lock.acquire() } }
            lock.release()
        }

    @Test
    fun lockMayBeReleasedByAnotherTask() =
        inVirtualTime {
            lock.acquire()
            createTask { lock.release() }.await()
            lock.locked() shouldBe false
        }

    @Test
    fun withLockReleasesWhenItsBodyFails() =
        inVirtualTime {
            outcomeOf { lock.withLock { throw Broken() } } shouldBe "Broken"
            lock.locked() shouldBe false
        }

    @Test
    fun cancelledWaiterDoesNotHoldTheLock() =
        inVirtualTime {
            lock.acquire()
            val waiter = createTask { lock.acquire() }
            passes(1)
            waiter.cancel()
            outcomeOf { waiter.await() } shouldBe "CancelledException"
            lock.release()
            lock.locked() shouldBe false
        }

    // test_locks.py: LockTests.test_cancel_race
    @Test
    fun releaseWhileTheFirstWaiterIsBeingCancelledGoesToTheNext() {
        inVirtualTime {
            lock.acquire()
            val first = createTask { lock.withLock { events += "first" } }
            val second = createTask { lock.withLock { events += "second" } }
            passes(1)
            first.cancel()
            lock.release()
            gather(first, second, returnExceptions = true).await()
            events += "first cancelled ${first.cancelled()}"
        }
        events shouldBe listOf("second", "first cancelled true")
    }

    // test_locks.py: LockTests.test_cancel_release_race
    @Test
    fun cancellationAndReleaseInOnePassGiveExactlyOneNewHolder() =
        inVirtualTime {
            lock.acquire()
            val waiters =
                listOf("1", "2", "3").map { name ->
                    createTask {
                        lock.acquire()
                        events += name
                    }
                }
            passes(1)
            runningLoop().callSoon {
                waiters[0].cancel()
                lock.release()
            }
            outcomeOf { waiters[0].await() } shouldBe "CancelledException"
            passes(3)
            events shouldBe listOf("2")
            waiters[2].cancel()
        }

    @Test
    fun waiterThatWasWokenAndThenCancelledPassesTheLockOn() {
        inVirtualTime {
            lock.acquire()
            val first = createTask { lock.withLock { events += "first" } }
            val second = createTask { lock.withLock { events += "second" } }
            passes(1)
            lock.release()
            first.cancel()
            gather(first, second, returnExceptions = true).await()
            events += "first cancelled ${first.cancelled()}"
        }
        events shouldBe listOf("second", "first cancelled true")
    }

    @Test
    fun lockShowsItsState() =
        inVirtualTime {
            events += "$lock"
            lock.acquire()
            val waiter = createTask { lock.acquire() }
            passes(1)
            events += "$lock"
            waiter.cancel()
            events shouldBe listOf("Lock(unlocked, 0 waiting)", "Lock(locked, 1 waiting)")
        }
}
