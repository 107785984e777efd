package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class TaskGroupTest {
    private val events = mutableListOf<String>()

    @Test
    fun groupEndsWhenItsTasksHaveEnded() {
        inVirtualTime {
            taskGroup { group ->
                group.createTask {
                    sleep(2.seconds)
                    events += "slow"
                }
                group.createTask {
                    sleep(1.seconds)
                    events += "fast"
                }
                events += "body"
            }
            events += "after"
        }
        events shouldBe listOf("body", "fast", "slow", "after")
    }

    @Test
    fun taskOfAGroupHasItsNameAndItsResult() =
        inVirtualTime {
            taskGroup { group ->
                val task = group.createTask("worker") { currentTask()!!.name }
                task.await() shouldBe "worker"
            }
        }

    @Test
    fun emptyGroupEndsAtOnce() =
        inVirtualTime {
            runningLoop().callSoon { events += "other" }
            taskGroup {}
            events shouldBe emptyList()
        }

    @Test
    fun taskMayAddTasksWhileTheGroupEnds() {
        inVirtualTime {
            taskGroup { group ->
                group.createTask {
                    sleep(1.seconds)
                    group.createTask {
                        sleep(1.seconds)
                        events += "added"
                    }
                }
            }
            events += "after"
        }
        events shouldBe listOf("added", "after")
    }

    @Test
    fun cancelledTaskIsNoFailure() =
        inVirtualTime {
            taskGroup { group ->
                val task = group.createTask { sleep(10.seconds) }
                passes(1)
                task.cancel()
                group.createTask { sleep(1.seconds) }
            }
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun cancelledCallerCancelsTheTasksAndTheCancellationPasses() {
        inVirtualTime {
            val caller =
                createTask {
                    taskGroup { group ->
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                sleep(1.seconds)
                                events +=
                                    "task cleaned up"
                            }
                        }
                    }
                }
            sleep(1.seconds)
            caller.cancel("why")
            events += outcomeOf { caller.await() }
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("task cleaned up", "CancelledException: why", "2s")
    }

    // test_taskgroups.py: test_taskgroup_no_create_task_after_failure
    @Test
    fun groupThatIsBeingCancelledTakesNoMoreTasks() {
        inVirtualTime {
            shouldThrow<ExceptionGroup> {
                taskGroup { group ->
                    group.createTask {
                        sleep(1.seconds)
                        throw Broken()
                    }
                    group.createTask {
                        outcomeOf { sleep(10.seconds) }
                        events += outcomeOf { group.createTask { events += "late" } }
                    }
                }
            }
        }
        events.single() shouldContain "is being cancelled and takes no more tasks"
    }

    @Test
    fun groupThatHasEndedTakesNoMoreTasks() =
        inVirtualTime {
            lateinit var ended: TaskGroup
            taskGroup { ended = it }
            outcomeOf { ended.createTask {} } shouldContain "has ended and takes no more tasks"
        }

    @Test
    fun refusedCoroutineIsClosed() =
        inVirtualTime {
            lateinit var ended: TaskGroup
            taskGroup { ended = it }
            val coroutine = coroutine { 1 }
            outcomeOf { ended.createTask(coroutine) }
            outcomeOf { coroutine.await() } shouldContain "already used"
        }

    @Test
    fun cancellationsDuringTheCleanupAreNoReasonToLeaveTasksBehind() {
        inVirtualTime {
            val caller =
                createTask {
                    taskGroup { group ->
                        group.createTask {
                            try {
                                sleep(10.seconds)
                            } finally {
                                sleep(5.seconds)
                                events += "cleaned up"
                            }
                        }
                    }
                }
            repeat(3) {
                sleep(1.seconds)
                caller.cancel("request $it")
            }
            events += outcomeOf { caller.await() }
        }
        events shouldBe listOf("cleaned up", "CancelledException: request 0")
    }

    @Test
    fun groupOutsideATaskIsRefused() {
        val failure = shouldThrow<IllegalStateException> { kotlinx.coroutines.runBlocking { taskGroup {} } }
        failure.message shouldContain "No loop runs"
    }

    @Test
    fun groupShowsItsState() =
        inVirtualTime {
            taskGroup { group ->
                group.createTask { sleep(1.seconds) }
                events += "$group"
                group.cancel()
                events += "$group"
            }
            events shouldBe listOf("TaskGroup(1 running)", "TaskGroup(1 running, cancelling)")
        }
}
