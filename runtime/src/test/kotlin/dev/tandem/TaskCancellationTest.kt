package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class TaskCancellationTest {
    private val events = mutableListOf<String>()

    @Test
    fun cancellationIsThrownAtTheAwaitInTheNextPass() {
        inVirtualTime {
            val task = createTask { events += outcomeOf { sleep(10.seconds) } }
            passes(1)
            task.cancel("why")
            events += "requested, done ${task.done()}"
            passes(2)
        }
        events shouldBe listOf("requested, done false", "CancelledException: why")
    }

    @Test
    fun taskThatLetsItPassEndsCancelled() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            passes(1)
            task.cancel("why") shouldBe true
            shouldThrow<CancelledException> { task.await() }.message shouldBe "why"
            task.cancelled() shouldBe true
            task.done() shouldBe true
        }

    @Test
    fun cancelOfADoneTaskIsRefused() =
        inVirtualTime {
            val task = createTask { 42 }
            task.await()
            task.cancel() shouldBe false
            task.cancelling() shouldBe 0
        }

    @Test
    fun everyRequestCounts() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            passes(1)
            listOf(task.cancel(), task.cancel(), task.cancel()) shouldBe listOf(true, true, true)
            task.cancelling() shouldBe 3
        }

    @Test
    fun taskCancelledBeforeItsFirstStepNeverRuns() {
        inVirtualTime {
            val task = createTask { events += "body" }
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("CancelledException")
    }

    // test_tasks.py: test_cancel_with_message_before_starting_task
    @Test
    fun messageSurvivesAlthoughTheBodyNeverRan() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            task.cancel("my message")
            outcomeOf { task.await() } shouldBe "CancelledException: my message"
        }

    // test_tasks.py: test_cancel_at_end
    @Test
    fun taskThatCancelsItselfAndReturnsEndsCancelled() =
        inVirtualTime {
            val task =
                createTask {
                    currentTask()!!.cancel()
                    12
                }
            outcomeOf { task.await() } shouldBe "CancelledException"
            task.cancelled() shouldBe true
            task.cancel() shouldBe false
        }

    // test_tasks.py: test_cancel_current_task
    @Test
    fun taskThatCancelsItselfIsStoppedAtItsNextSuspension() {
        inVirtualTime {
            val task =
                createTask {
                    currentTask()!!.cancel()
                    events += "goes on"
                    sleep(100.seconds)
                    events += "slept"
                }
            events += outcomeOf { task.await() }
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("goes on", "CancelledException", "0s")
    }

    // test_tasks.py: test_cancel_awaited_task
    @Test
    fun taskThatCancelsItselfCancelsWhatItAwaitsNext() =
        inVirtualTime {
            val future = runningLoop().createFuture<Unit>()
            val child = createTask { future.await() }
            val task =
                createTask {
                    passes(1)
                    currentTask()!!.cancel()
                    child.await()
                }
            outcomeOf { task.await() } shouldBe "CancelledException"
            listOf(task.cancelled(), child.cancelled(), future.cancelled()) shouldBe listOf(true, true, true)
        }

    @Test
    fun cancellationReachesTheFutureAtTheEndOfAChainOfTasks() =
        inVirtualTime {
            val future = runningLoop().createFuture<Unit>()
            val inner = createTask { future.await() }
            val middle = createTask { inner.await() }
            val outer = createTask { middle.await() }
            passes(3)
            outer.cancel("why")
            future.cancelled() shouldBe true
            outcomeOf { outer.await() } shouldBe "CancelledException: why"
        }

    // test_tasks.py: test_cancel_task_catching
    @Test
    fun taskThatCatchesItAndReturnsHasThatResult() =
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(100.seconds)
                        0
                    } catch (_: CancelledException) {
                        42
                    }
                }
            passes(1)
            task.cancel()
            task.await() shouldBe 42
            task.cancelled() shouldBe false
        }

    // test_tasks.py: test_cancel_task_ignoring
    @Test
    fun swallowedCancellationIsSpent() {
        inVirtualTime {
            val task = createTask { repeat(3) { events += outcomeOf { sleep(1.seconds) } } }
            passes(1)
            task.cancel()
            task.await()
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("CancelledException", "done", "done", "2s")
    }

    @Test
    fun everyCancellationCanBeSwallowed() {
        inVirtualTime {
            val task = createTask { repeat(3) { events += outcomeOf { sleep(100.seconds) } } }
            listOf("a", "b", "c").forEach {
                passes(2)
                task.cancel(it)
            }
            task.await()
        }
        events shouldBe listOf("CancelledException: a", "CancelledException: b", "CancelledException: c")
    }

    @Test
    fun swallowedCancellationStillCounts() =
        inVirtualTime {
            val task =
                createTask {
                    outcomeOf { sleep(100.seconds) }
                    currentTask()!!.cancelling()
                }
            passes(1)
            task.cancel()
            task.await() shouldBe 1
        }

    @Test
    fun cleanupMayAwait() {
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(100.seconds)
                    } finally {
                        sleep(1.seconds)
                        events += "cleaned up at ${runningLoop().time()}"
                    }
                }
            passes(1)
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("cleaned up at 1s", "CancelledException")
    }

    @Test
    fun cleanupThatFailsReplacesTheCancellation() =
        inVirtualTime {
            val task =
                createTask<Unit> {
                    try {
                        sleep(100.seconds)
                    } finally {
                        throw Broken("cleanup")
                    }
                }
            passes(1)
            task.cancel()
            outcomeOf { task.await() } shouldBe "Broken: cleanup"
            task.cancelled() shouldBe false
        }

    @Test
    fun cancellationThatArrivesWithAResultIsDeliveredInItsPlace() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val task = createTask { events += outcomeOf { future.await() } }
            passes(1)
            future.setResult(42)
            task.cancel()
            task.await()
            events += "${future.result()}"
        }
        events shouldBe listOf("CancelledException", "42")
    }

    @Test
    fun twoRequestsBeforeTheNextStepAreDeliveredAsOne() {
        inVirtualTime {
            val task = createTask { repeat(2) { events += outcomeOf { sleep(1.seconds) } } }
            passes(1)
            task.cancel("first")
            task.cancel("second")
            task.await()
        }
        // The first request has cancelled the sleep; the second finds that done and waits for the step, as in CPython.
        events shouldBe listOf("CancelledException: first", "done")
    }

    // test_tasks.py: test_uncancel_basic
    @Test
    fun uncancelledTaskCanBeCancelledAfresh() =
        inVirtualTime {
            val task =
                createTask {
                    outcomeOf { sleep(10.seconds) }
                    currentTask()!!.uncancel()
                    sleep(10.seconds)
                }
            passes(1)
            task.cancel()
            passes(2)
            task.cancelling() shouldBe 0
            task.cancel()
            task.cancelling() shouldBe 1
            outcomeOf { task.await() } shouldBe "CancelledException"
            task.uncancel()
            task.cancelled() shouldBe true
        }

    // test_tasks.py: test_uncancel_resets_must_cancel
    @Test
    fun requestTakenBackBeforeItsDeliveryIsNotDelivered() =
        inVirtualTime {
            val future = runningLoop().createFuture<Unit>()
            val task =
                createTask {
                    future.await()
                    42
                }
            passes(1)
            future.setResult(Unit)
            task.cancel()
            task.uncancel() shouldBe 0
            task.await() shouldBe 42
        }

    @Test
    fun uncancelDoesNotGoBelowZero() =
        inVirtualTime {
            val task = createTask { sleep(1.seconds) }
            listOf(task.uncancel(), task.uncancel()) shouldBe listOf(0, 0)
            task.cancelling() shouldBe 0
            task.await()
        }

    @Test
    fun uncancelReturnsHowManyRequestsAreLeft() =
        inVirtualTime {
            val task = createTask { sleep(1.seconds) }
            repeat(3) { task.cancel() }
            listOf(task.uncancel(), task.uncancel()) shouldBe listOf(2, 1)
        }

    // test_tasks.py: test_baseexception_during_cancel
    @Test
    fun errorOfTheJvmDuringACancellationIsStoredAndLeavesTheLoop() =
        withLoop { loop ->
            val failure = OutOfMemoryError("made up")
            val task =
                loop.createTask {
                    try {
                        sleep(10.seconds)
                    } catch (_: CancelledException) {
                        throw failure
                    }
                }
            loop.runOnePass()
            task.cancel()
            shouldThrow<OutOfMemoryError> { loop.runOnePass() }
            task.cancelled() shouldBe false
            task.exception() shouldBeSameInstanceAs failure
        }

    @Test
    fun cancelledExceptionThatTheBodyThrowsItselfEndsItCancelled() =
        inVirtualTime {
            val task = createTask { throw CancelledException("of my own") }
            outcomeOf { task.await() } shouldBe "CancelledException: of my own"
            task.cancelled() shouldBe true
            task.cancelling() shouldBe 0
        }
}
