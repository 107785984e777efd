package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

class TimeoutTest {
    private val events = mutableListOf<String>()

    @Test
    fun blockInTimeReturnsItsResult() =
        inVirtualTime {
            timeout(2.seconds) {
                sleep(1.seconds)
                42
            } shouldBe 42
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun blockOutOfTimeThrowsATimeoutWithTheCancellationAsItsCause() =
        inVirtualTime {
            val timeout = shouldThrow<TimeoutException> { timeout(1.seconds) { sleep(10.seconds) } }
            timeout.cause.shouldBeInstanceOf<CancelledException>()
            runningLoop().time() shouldBe 1.seconds
            currentTask()!!.cancelling() shouldBe 0
        }

    @Test
    fun taskGoesOnAfterItsTimeout() =
        inVirtualTime {
            repeat(3) { shouldThrow<TimeoutException> { timeout(1.seconds) { sleep(10.seconds) } } }
            runningLoop().time() shouldBe 3.seconds
        }

    @Test
    fun noLimitNeverRunsOut() =
        inVirtualTime {
            timeout(null) { limit ->
                sleep(1000.seconds)
                limit.`when`()
            } shouldBe null
        }

    @Test
    fun limitMayBeAnAbsoluteTime() =
        inVirtualTime {
            sleep(5.seconds)
            shouldThrow<TimeoutException> { timeoutAt(7.seconds) { sleep(10.seconds) } }
            runningLoop().time() shouldBe 7.seconds
        }

    @Test
    fun limitInThePastRunsOutInTheNextPass() {
        inVirtualTime {
            events +=
                outcomeOf {
                    timeout(Duration.ZERO) {
                        events += "body"
                        sleep(10.seconds)
                    }
                }.substringBefore(":")
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("body", "TimeoutException", "0s")
    }

    @Test
    fun blockThatNeverSuspendsIsNotInterrupted() =
        inVirtualTime {
            timeout(Duration.ZERO) { 42 } shouldBe 42
            passes(2)
            currentTask()!!.cancelling() shouldBe 0
        }

    @Test
    fun swallowedCancellationIsNoTimeoutButTheLimitHasExpired() {
        inVirtualTime {
            timeout(1.seconds) { limit ->
                events += outcomeOf { sleep(10.seconds) }
                events += "expired ${limit.expired()}"
            }
            events += "cancelling ${currentTask()!!.cancelling()}"
        }
        events shouldBe listOf("CancelledException", "expired true", "cancelling 0")
    }

    @Test
    fun failureOfTheBlockPassesThrough() =
        inVirtualTime {
            outcomeOf { timeout(1.seconds) { throw Broken("why") } } shouldBe "Broken: why"
        }

    @Test
    fun failureDuringTheExpiryPassesThroughAndNamesTheTimeout() =
        inVirtualTime {
            val failure =
                shouldThrow<Broken> {
                    timeout(1.seconds) {
                        try {
                            sleep(10.seconds)
                        } finally {
                            throw Broken("cleanup")
                        }
                    }
                }
            failure.suppressed.single().shouldBeInstanceOf<TimeoutException>()
        }

    @Test
    fun rescheduleMovesTheLimit() =
        inVirtualTime {
            val timeout =
                outcomeOf {
                    timeout(1.seconds) { limit ->
                        limit.reschedule(5.seconds)
                        limit.`when`() shouldBe 5.seconds
                        sleep(10.seconds)
                    }
                }
            timeout shouldContain "TimeoutException"
            runningLoop().time() shouldBe 5.seconds
        }

    @Test
    fun rescheduleToNullRemovesTheLimit() =
        inVirtualTime {
            timeout(1.seconds) { limit ->
                limit.reschedule(null)
                sleep(10.seconds)
            }
            runningLoop().time() shouldBe 10.seconds
        }

    @Test
    fun rescheduleIntoThePastRunsOutInTheNextPass() =
        inVirtualTime {
            sleep(5.seconds)
            shouldThrow<TimeoutException> {
                timeout(null) { limit ->
                    limit.reschedule(1.seconds)
                    sleep(10.seconds)
                }
            }
            runningLoop().time() shouldBe 5.seconds
        }

    // test_timeouts.py: test_timeout_expiring
    @Test
    fun rescheduleAfterTheExpiryIsRefused() {
        inVirtualTime {
            timeout(1.seconds) { limit ->
                outcomeOf { sleep(10.seconds) }
                events += outcomeOf { limit.reschedule(20.seconds) }
            }
        }
        events shouldBe listOf("IllegalStateException: reschedule() came too late: the time limit has run out.")
    }

    @Test
    fun rescheduleAfterTheBlockIsRefused() =
        inVirtualTime {
            val limit = timeout(1.seconds) { it }
            outcomeOf { limit.reschedule(20.seconds) } shouldContain "the time limit has ended"
        }

    @Test
    fun innerLimitEndsTheInnerBlockOnly() {
        inVirtualTime {
            timeout(10.seconds) {
                events += outcomeOf { timeout(1.seconds) { sleep(20.seconds) } }.substringBefore(":")
                sleep(1.seconds)
            }
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("TimeoutException", "2s")
    }

    @Test
    fun outerLimitEndsBothBlocksAndOnlyTheOuterOneTimesOut() {
        inVirtualTime {
            val outer =
                outcomeOf {
                    timeout(1.seconds) {
                        try {
                            timeout(10.seconds) { sleep(20.seconds) }
                        } catch (e: CancelledException) {
                            events += "inner cancelled"
                            throw e
                        }
                    }
                }
            events += outer.substringBefore(":")
        }
        events shouldBe listOf("inner cancelled", "TimeoutException")
    }

    // test_timeouts.py: test_nested_timeouts_loop_busy
    @Test
    fun ofTwoLimitsThatRanOutWhileTheLoopWasBusyTheOuterOneTimesOut() {
        val clock = VirtualClock()
        runLoop(clock) {
            val outer =
                outcomeOf {
                    timeout(10.seconds) {
                        val inner =
                            runCatching {
                                timeout(1.seconds) {
                                    clock.advanceTo(20.seconds.inWholeNanoseconds)
                                    sleep(1.seconds)
                                }
                            }
                        events += "inner ${inner.exceptionOrNull()!!::class.simpleName}"
                        inner.getOrThrow()
                    }
                }
            events += "outer ${outer.substringBefore(":")}"
            events += "cancelling ${currentTask()!!.cancelling()}"
        }
        events shouldBe listOf("inner CancelledException", "outer TimeoutException", "cancelling 0")
    }

    // test_timeouts.py: test_timeout_after_cancellation
    @Test
    fun limitWorksInTheCleanupOfACancelledTask() {
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        events += outcomeOf { timeout(1.seconds) { sleep(10.seconds) } }.substringBefore(":")
                    }
                }
            passes(1)
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("TimeoutException", "CancelledException")
    }

    // test_timeouts.py: test_foreign_cancel_doesnt_timeout_if_not_expired
    @Test
    fun cancellationFromElsewhereStaysACancellation() {
        inVirtualTime {
            val task =
                createTask {
                    timeout(10.seconds) { limit ->
                        try {
                            sleep(20.seconds)
                        } finally {
                            events += "expired ${limit.expired()}"
                        }
                    }
                }
            passes(1)
            task.cancel("from elsewhere")
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("expired false", "CancelledException: from elsewhere")
    }

    @Test
    fun cancellationFromElsewhereInThePassOfTheExpiryIsNotTurnedIntoATimeout() =
        inVirtualTime {
            val task = createTask { timeout(1.seconds) { sleep(10.seconds) } }
            runningLoop().callLater(1.seconds) { task.cancel("from elsewhere") }
            outcomeOf { task.await() }.substringBefore(":") shouldBe "CancelledException"
            task.cancelled() shouldBe true
        }

    // test_timeouts.py: test_timeout_taskgroup
    @Test
    fun groupThatFailsDuringTheExpiryWinsAndNamesTheTimeout() =
        inVirtualTime {
            val group =
                shouldThrow<ExceptionGroup> {
                    timeout(1.seconds) {
                        taskGroup { group ->
                            group.createTask {
                                try {
                                    sleep(2.seconds)
                                } finally {
                                    throw Broken("cleanup")
                                }
                            }
                            sleep(2.seconds)
                        }
                    }
                }
            group.exceptions.map { it.message } shouldContainExactly listOf("cleanup")
            group.suppressed.last().shouldBeInstanceOf<TimeoutException>()
        }

    @Test
    fun limitOutsideATaskIsRefused() {
        inVirtualTime {
            runningLoop().callSoon { events += "${runningLoopOrNull() != null} ${currentTask()}" }
            passes(1)
        }
        events shouldBe listOf("true null")
        shouldThrow<IllegalStateException> { kotlinx.coroutines.runBlocking { timeout(1.seconds) {} } }
    }

    @Test
    fun limitShowsItsState() =
        inVirtualTime {
            val limit = timeout(1.seconds) { it.also { events += "$it" } }
            events += "$limit"
            events shouldBe listOf("Timeout(active, when=1s)", "Timeout(finished, when=1s)")
        }
}
