package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

/** [TaskGroup.cancel], new in CPython 3.15. */
class TaskGroupCancelTest {
    private val events = mutableListOf<String>()

    @Test
    fun cancelEndsTheTasksAndTheBodyWithoutACancellation() {
        inVirtualTime {
            taskGroup { group ->
                group.createTask { events += "task ${outcomeOf { sleep(10.seconds) }}" }
                passes(1)
                group.cancel()
                sleep(10.seconds)
                events += "body went on"
            }
            events += "after at ${runningLoop().time()}, cancelling ${currentTask()!!.cancelling()}"
        }
        events shouldBe listOf("task CancelledException", "after at 0s, cancelling 0")
    }

    @Test
    fun bodyGoesOnToItsNextAwait() {
        inVirtualTime {
            taskGroup { group ->
                group.cancel()
                events += "still here"
                events += outcomeOf { sleep(10.seconds) }
            }
        }
        events shouldBe listOf("still here", "CancelledException")
    }

    @Test
    fun bodyThatEndsBeforeItsNextAwaitLeavesNoCancellationBehind() =
        inVirtualTime {
            taskGroup { it.cancel() }
            passes(1)
            currentTask()!!.cancelling() shouldBe 0
        }

    @Test
    fun taskMayCancelItsGroupWhileTheGroupWaits() {
        inVirtualTime {
            taskGroup { group ->
                group.createTask {
                    sleep(1.seconds)
                    group.cancel()
                }
                group.createTask {
                    sleep(10.seconds)
                    events += "slept"
                }
            }
            events += "after at ${runningLoop().time()}"
        }
        events shouldBe listOf("after at 1s")
    }

    @Test
    fun failuresOfTheTasksAreThrownAllTheSame() =
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                throw Broken("cleanup")
                            }
                        }
                        passes(1)
                        group.cancel()
                    }
                }
            failures.exceptions.map { it.message } shouldContainExactly listOf("cleanup")
        }

    @Test
    fun failureOfTheBodyIsThrownAllTheSame() =
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup {
                        it.cancel()
                        throw Broken("body")
                    }
                }
            failures.exceptions.map { it.message } shouldContainExactly listOf("body")
        }

    @Test
    fun cancelIsIdempotentAndLegalAfterTheEnd() =
        inVirtualTime {
            lateinit var ended: TaskGroup
            taskGroup { group ->
                ended = group
                group.cancel()
                group.cancel()
            }
            ended.cancel()
            passes(1)
            currentTask()!!.cancelling() shouldBe 0
        }

    @Test
    fun cancelledGroupTakesNoMoreTasks() =
        inVirtualTime {
            taskGroup { group ->
                group.cancel()
                outcomeOf { group.createTask {} }.substringBefore(":") shouldBe "IllegalStateException"
            }
        }

    // gh-155433: the cancellation from outside was lost.
    @Test
    fun cancellationFromOutsideAfterCancelIsNotLost() {
        inVirtualTime {
            val caller =
                createTask {
                    taskGroup { group ->
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                sleep(5.seconds)
                            }
                        }
                        passes(1)
                        group.cancel()
                    }
                    events += "went on"
                }
            sleep(1.seconds)
            caller.cancel("from outside")
            events += outcomeOf { caller.await() }
        }
        events shouldBe listOf("CancelledException: from outside")
    }

    // gh-155433, the group cancelled by one of its tasks while it waits for them
    @Test
    fun cancellationFromOutsideAfterATaskCancelledItsGroupIsNotLost() {
        inVirtualTime {
            val caller =
                createTask {
                    taskGroup { group ->
                        group.createTask {
                            passes(1)
                            group.cancel()
                        }
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                sleep(5.seconds)
                            }
                        }
                    }
                    events += "went on"
                }
            sleep(1.seconds)
            caller.cancel("from outside")
            events += outcomeOf { caller.await() }
        }
        events shouldBe listOf("CancelledException: from outside")
    }

    // gh-155418, test_taskgroup_cancel_from_child_before_first_suspension
    @Test
    fun eagerTaskMayCancelItsGroupBeforeItsFirstSuspension() {
        inVirtualTime {
            taskGroup { group ->
                group.createTask(eagerStart = true) {
                    group.cancel()
                    events += outcomeOf { sleep(10.seconds) }
                }
            }
            events += "after at ${runningLoop().time()}"
        }
        events shouldBe listOf("CancelledException", "after at 0s")
    }

    @Test
    fun innerGroupIsCancelledWithoutTouchingTheOuterOne() {
        inVirtualTime {
            taskGroup { outer ->
                outer.createTask {
                    sleep(1.seconds)
                    events += "outer task"
                }
                taskGroup { inner ->
                    inner.createTask { sleep(10.seconds) }
                    inner.cancel()
                }
                events += "outer body"
            }
        }
        events shouldBe listOf("outer body", "outer task")
    }

    @Test
    fun timeLimitAroundAGroupThatIsCancelledStaysATimeout() =
        inVirtualTime {
            shouldThrow<TimeoutException> {
                timeout(1.seconds) {
                    taskGroup { group ->
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                sleep(5.seconds)
                            }
                        }
                        passes(1)
                        group.cancel()
                    }
                }
            }
            runningLoop().time() shouldBe 5.seconds
        }

    // As an object, which Java code has, a group is there before it starts.
    @Test
    fun groupThatIsCancelledBeforeItStartsStopsItsBodyAtTheFirstAwait() {
        inVirtualTime {
            val group = TaskGroup()
            group.cancel()
            val result =
                group.run {
                    events += outcomeOf { group.createTask { } }
                    sleep(1.seconds)
                    "not reached"
                }
            events += "$result at ${runningLoop().time()}, cancelling ${currentTask()!!.cancelling()}"
        }
        events shouldBe
            listOf(
                "IllegalStateException: TaskGroup(0 running, cancelling) is being cancelled and takes no more tasks.",
                "null at 0s, cancelling 0",
            )
    }
}
