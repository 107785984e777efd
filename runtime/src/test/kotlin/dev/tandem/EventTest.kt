package dev.tandem

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test

class EventTest {
    private val events = mutableListOf<String>()
    private val event = Event()

    @Test
    fun setWakesEveryWaiterInTheOrderInWhichTheyCame() {
        inVirtualTime {
            val waiters =
                listOf("a", "b", "c").map { name ->
                    createTask {
                        event.await()
                        events += name
                    }
                }
            passes(1)
            event.set()
            events += "set"
            gather(waiters).await()
        }
        events shouldBe listOf("set", "a", "b", "c")
    }

    @Test
    fun eventThatIsSetLetsEverybodyPassWithoutGivingUpTheTurn() =
        inVirtualTime {
            event.set()
            runningLoop().callSoon { events += "other" }
            event.await()
            events shouldBe emptyList()
        }

    // test_locks.py: EventTests.test_clear_with_waiters
    @Test
    fun waitersOfAnEventThatIsClearedAgainBeforeTheyRunGoOnAllTheSame() {
        inVirtualTime {
            val waiter =
                createTask {
                    event.await()
                    events += "woken, set ${event.isSet()}"
                }
            passes(1)
            event.set()
            event.clear()
            waiter.await()
        }
        events shouldBe listOf("woken, set false")
    }

    @Test
    fun clearedEventMakesTheNextOnesWait() {
        inVirtualTime {
            event.set()
            event.clear()
            val waiter =
                createTask {
                    event.await()
                    events += "woken"
                }
            passes(3)
            events += "set"
            event.set()
            waiter.await()
        }
        events shouldBe listOf("set", "woken")
    }

    @Test
    fun setAndClearMayBeRepeated() {
        repeat(2) { event.set() }
        event.isSet() shouldBe true
        repeat(2) { event.clear() }
        event.isSet() shouldBe false
    }

    @Test
    fun cancelledWaiterLeavesTheOthersWaiting() {
        inVirtualTime {
            val (cancelled, other) =
                listOf("a", "b").map { name ->
                    createTask {
                        event.await()
                        events += name
                    }
                }
            passes(1)
            cancelled.cancel()
            event.set()
            gather(cancelled, other, returnExceptions = true).await()
            events += "cancelled ${cancelled.cancelled()}, $event"
        }
        events shouldBe listOf("b", "cancelled true, Event(set, 0 waiting)")
    }
}
