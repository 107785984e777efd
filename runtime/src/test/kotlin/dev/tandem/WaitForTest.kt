package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class WaitForTest {
    private val events = mutableListOf<String>()

    @Test
    fun resultInTimeIsReturned() =
        inVirtualTime {
            waitFor(2.seconds) {
                sleep(1.seconds)
                42
            } shouldBe 42
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun timeThatRunsOutIsATimeoutWithTheCancellationAsItsCause() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            shouldThrow<TimeoutException> { waitFor(task, 1.seconds) }.cause.shouldBeInstanceOf<CancelledException>()
            task.cancelled() shouldBe true
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun noLimitWaitsForEver() =
        inVirtualTime {
            waitFor(null) {
                sleep(1000.seconds)
                42
            } shouldBe 42
        }

    @Test
    fun coroutineRunsInTheTaskOfTheCaller() =
        inVirtualTime {
            val color = ContextVar("color", default = "none")
            waitFor(1.seconds) {
                color.set("red")
                currentTask()
            } shouldBe currentTask()
            color.get() shouldBe "red"
        }

    @Test
    fun failureInTimeIsThrownItself() =
        inVirtualTime {
            outcomeOf { waitFor(1.seconds) { throw Broken("why") } } shouldBe "Broken: why"
        }

    // test_waitfor.py: test_wait_for_cancel_suppressed
    @Test
    fun valueThatAnswersTheCancellationWins() =
        inVirtualTime {
            val task =
                createTask {
                    outcomeOf { sleep(10.seconds) }
                    42
                }
            waitFor(task, 1.seconds) shouldBe 42
        }

    @Test
    fun failureThatAnswersTheCancellationWins() =
        inVirtualTime {
            val task =
                createTask<Unit> {
                    try {
                        sleep(10.seconds)
                    } catch (
                        _: CancelledException,
                    ) {
                        throw Broken("cleanup")
                    }
                }
            outcomeOf { waitFor(task, 1.seconds) } shouldBe "Broken: cleanup"
        }

    // test_waitfor.py: test_wait_for_waits_for_task_cancellation
    @Test
    fun timeoutWaitsUntilTheCancelledTaskHasFinished() {
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        sleep(5.seconds)
                        events += "cleaned up"
                    }
                }
            events += outcomeOf { waitFor(task, 1.seconds) }.substringBefore(":")
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("cleaned up", "TimeoutException", "6s")
    }

    // test_waitfor.py: test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started
    @Test
    fun withoutTimeACoroutineIsNotStarted() {
        inVirtualTime {
            events += outcomeOf { waitFor(Duration.ZERO) { events += "body" } }.substringBefore(":")
            events += outcomeOf { waitFor((-1).seconds) { events += "body" } }.substringBefore(":")
        }
        events shouldBe listOf("TimeoutException", "TimeoutException")
    }

    // test_waitfor.py: test_wait_for_timeout_less_then_0_or_0_future_done
    @Test
    fun withoutTimeAFutureThatIsDoneYieldsItsResult() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>().apply { setResult(42) }
            waitFor(future, Duration.ZERO) shouldBe 42
        }

    @Test
    fun withoutTimeARunningTaskIsCancelledAndWaitedFor() {
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        sleep(1.seconds)
                        events += "cleaned up"
                    }
                }
            passes(1)
            events += outcomeOf { waitFor(task, Duration.ZERO) }.substringBefore(":")
        }
        events shouldBe listOf("cleaned up", "TimeoutException")
    }

    @Test
    fun cancellationOfTheCallerCancelsTheAwaited() =
        inVirtualTime {
            val inner = createTask { sleep(10.seconds) }
            val outer = createTask { waitFor(inner, 5.seconds) }
            passes(2)
            outer.cancel("why")
            outcomeOf { outer.await() } shouldBe "CancelledException: why"
            inner.cancelled() shouldBe true
        }

    @Test
    fun cancellationOfTheAwaitedBySomebodyElseIsNoTimeout() =
        inVirtualTime {
            val inner = createTask { sleep(10.seconds) }
            val outer = createTask { waitFor(inner, 5.seconds) }
            passes(2)
            inner.cancel("why")
            outcomeOf { outer.await() } shouldBe "CancelledException: why"
        }

    // test_waitfor.py: test_wait_for_issue86296
    @Test
    fun cancellationThatComesWithTheResultWinsAndTheTaskKeepsItsResult() {
        inVirtualTime {
            val inner =
                createTask {
                    passes(1)
                    "inner result"
                }
            val outer =
                createTask {
                    waitFor(inner, 100.seconds)
                    events += "went on"
                }
            passes(2)
            outer.cancel()
            events += outcomeOf { outer.await() }
            events += inner.await()
        }
        events shouldBe listOf("CancelledException", "inner result")
    }

    @Test
    fun cancellationDuringTheCleanupAfterATimeoutIsNotLost() =
        inVirtualTime {
            val inner =
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        sleep(5.seconds)
                    }
                }
            val outer = createTask { waitFor(inner, 1.seconds) }
            sleep(2.seconds)
            outer.cancel("why")
            outcomeOf { outer.await() } shouldBe "CancelledException: why"
        }

    @Test
    fun timerIsTakenBackWhenTheResultIsThere() {
        inVirtualTime {
            waitFor(100.seconds) { sleep(1.seconds) }
            events +=
                outcomeOf { runningLoop().createFuture<Unit>().let { waitFor(it, 1.seconds) } }.substringBefore(":")
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("TimeoutException", "2s")
    }
}
