package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class ShieldTest {
    private val events = mutableListOf<String>()

    @Test
    fun resultPassesThrough() =
        inVirtualTime {
            shield(
                coroutine {
                    sleep(1.seconds)
                    42
                },
            ).await() shouldBe 42
        }

    @Test
    fun failurePassesThrough() =
        inVirtualTime {
            val failure = Broken()
            shouldThrow<Broken> { shield(coroutine { throw failure }).await() } shouldBeSameInstanceAs failure
        }

    @Test
    fun cancelledCallerLeavesTheWorkRunning() {
        inVirtualTime {
            val work =
                createTask {
                    sleep(2.seconds)
                    events += "work done"
                }
            val caller = createTask { shield(work).await() }
            sleep(1.seconds)
            caller.cancel()
            events += outcomeOf { caller.await() }
            work.await()
        }
        events shouldBe listOf("CancelledException", "work done")
    }

    @Test
    fun cancelledWorkCancelsTheShield() =
        inVirtualTime {
            val work = createTask { sleep(2.seconds) }
            val outer = shield(work)
            passes(1)
            work.cancel()
            outcomeOf { outer.await() } shouldBe "CancelledException"
            outer.cancelled() shouldBe true
        }

    @Test
    fun workThatIsDoneIsReturnedItself() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>().apply { setResult(1) }
            shield(future) shouldBeSameInstanceAs future
        }

    @Test
    fun everyShieldOfTheSameWorkIsCancelledByItself() =
        inVirtualTime {
            val work =
                createTask {
                    sleep(1.seconds)
                    42
                }
            val (first, second) = listOf(shield(work), shield(work))
            first.cancel()
            second.await() shouldBe 42
            first.cancelled() shouldBe true
        }

    @Test
    fun shieldedWorkIsStillWaitedForByItsOwner() =
        inVirtualTime {
            val work =
                createTask {
                    sleep(1.seconds)
                    42
                }
            val caller =
                createTask {
                    outcomeOf { shield(work).await() }
                    work.await()
                }
            passes(1)
            caller.cancel()
            caller.await() shouldBe 42
        }

    @Test
    fun timeLimitAroundAShieldEndsTheWaitOnly() =
        inVirtualTime {
            val work =
                createTask {
                    sleep(2.seconds)
                    42
                }
            shouldThrow<TimeoutException> { waitFor(shield(work), 1.seconds) }
            work.await() shouldBe 42
        }

    // test_tasks.py: test_shield_cancel_outer_exception; differs: reported only if nobody asks for it any more.
    @Test
    fun failureAfterTheShieldWasCancelledStaysWithTheWork() =
        inVirtualTime {
            val work = runningLoop().createFuture<Int>()
            shield(work).cancel()
            passes(1)
            work.setException(Broken("late"))
            passes(1)
            outcomeOf { work.await() } shouldBe "Broken: late"
        }
}
