package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class WaitTest {
    private val events = mutableListOf<String>()

    @Test
    fun allCompletedIsTheDefault() =
        inVirtualTime {
            val tasks = listOf(1, 2).map { n -> createTask { sleep(n.seconds) } }
            val (done, pending) = wait(tasks)
            done shouldBe tasks.toSet()
            pending shouldBe emptySet()
            runningLoop().time() shouldBe 2.seconds
        }

    @Test
    fun firstCompletedReturnsAtTheFirst() =
        inVirtualTime {
            val (fast, slow) = listOf(1, 2).map { n -> createTask { sleep(n.seconds) } }
            wait(listOf(slow, fast), returnWhen = ReturnWhen.FIRST_COMPLETED) shouldBe
                WaitResult(setOf(fast), setOf(slow))
        }

    @Test
    fun cancelledFutureCountsAsCompleted() =
        inVirtualTime {
            val (cancelled, other) = List(2) { runningLoop().createFuture<Unit>() }
            cancelled.cancel()
            wait(listOf(cancelled, other), returnWhen = ReturnWhen.FIRST_COMPLETED).done shouldBe setOf(cancelled)
        }

    @Test
    fun firstExceptionReturnsAtTheFirstFailure() =
        inVirtualTime {
            val failing =
                createTask<Unit> {
                    sleep(1.seconds)
                    throw Broken()
                }
            val slow = createTask { sleep(2.seconds) }
            wait(listOf(slow, failing), returnWhen = ReturnWhen.FIRST_EXCEPTION) shouldBe
                WaitResult(setOf(failing), setOf(slow))
            failing.exception()
        }

    @Test
    fun cancelledFutureIsNoException() =
        inVirtualTime {
            val (cancelled, other) = List(2) { runningLoop().createFuture<Unit>() }
            cancelled.cancel()
            runningLoop().callLater(1.seconds) { other.setResult(Unit) }
            wait(listOf(cancelled, other), returnWhen = ReturnWhen.FIRST_EXCEPTION).done shouldBe
                setOf(cancelled, other)
        }

    @Test
    fun timeLimitReturnsWhatIsDoneAndCancelsNothing() =
        inVirtualTime {
            val (fast, slow) = listOf(1, 3).map { n -> createTask { sleep(n.seconds) } }
            wait(listOf(fast, slow), timeout = 2.seconds) shouldBe WaitResult(setOf(fast), setOf(slow))
            slow.await()
            runningLoop().time() shouldBe 3.seconds
        }

    @Test
    fun zeroTimeLimitStillGivesOnePass() =
        inVirtualTime {
            val (quick, slow) = listOf(createTask {}, createTask { sleep(1.seconds) })
            wait(listOf(quick, slow), timeout = Duration.ZERO) shouldBe WaitResult(setOf(quick), setOf(slow))
        }

    @Test
    fun failureIsNotThrown() =
        inVirtualTime {
            val failing = createTask { throw Broken("why") }
            wait(listOf(failing))
                .done
                .single()
                .exception()
                ?.message shouldBe "why"
        }

    @Test
    fun futuresThatAreDoneAlreadyReturnInTheNextPass() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>().apply { setResult(1) }
            wait(listOf(future)).done shouldBe setOf(future)
        }

    @Test
    fun futureGivenTwiceIsWaitedForOnce() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>().apply { setResult(1) }
            wait(listOf(future, future)).done shouldBe setOf(future)
        }

    @Test
    fun nothingToWaitForIsAnError() =
        inVirtualTime {
            shouldThrow<IllegalArgumentException> { wait(emptyList<Future<Int>>()) }
        }

    // test_tasks.py: test_yield_wait_does_not_shield_cancel
    @Test
    fun cancellingTheWaitLeavesTheTasksRunning() {
        inVirtualTime {
            val future = runningLoop().createFuture<Unit>()
            val inner =
                createTask {
                    future.await()
                    events += "inner done"
                }
            val outer =
                createTask {
                    wait(listOf(inner))
                    events += "outer done"
                }
            passes(2)
            outer.cancel()
            events += outcomeOf { outer.await() }
            future.setResult(Unit)
            inner.await()
        }
        events shouldBe listOf("CancelledException", "inner done")
    }

    // test_tasks.py: test_wait_really_done
    @Test
    fun doneAreAllThatAreDoneWhenTheWaitGoesOn() =
        inVirtualTime {
            val quick = createTask { passes(1) }
            val alsoDone = createTask { passes(2) }
            val (done, _) =
                createTask {
                    wait(
                        listOf(alsoDone, quick),
                        returnWhen = ReturnWhen.FIRST_COMPLETED,
                    )
                }.await()
            done shouldBe setOf(quick, alsoDone)
        }
}
