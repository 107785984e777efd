package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** What a group does when its tasks or its body fail. */
class TaskGroupFailureTest {
    private val events = mutableListOf<String>()

    private fun messagesOf(group: BaseExceptionGroup): List<String?> = group.exceptions.map { it.message }

    @Test
    fun failureCancelsTheSiblingsAndTheBody() {
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        group.createTask {
                            sleep(1.seconds)
                            throw Broken("why")
                        }
                        group.createTask { events += "sibling ${outcomeOf { sleep(10.seconds) }}" }
                        events += "body ${outcomeOf { sleep(10.seconds) }}"
                    }
                }
            events += "${messagesOf(failures)} at ${runningLoop().time()}"
            events += "cancelling ${currentTask()!!.cancelling()}"
        }
        events shouldBe listOf("sibling CancelledException", "body CancelledException", "[why] at 1s", "cancelling 0")
    }

    @Test
    fun failureWhileTheGroupWaitsForItsTasksCancelsTheOthers() =
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        group.createTask {
                            sleep(1.seconds)
                            throw Broken("why")
                        }
                        group.createTask { sleep(10.seconds) }
                    }
                }
            messagesOf(failures) shouldContainExactly listOf("why")
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun groupHoldsEveryFailureAndTheOneOfTheBodyLast() =
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        repeat(2) { n ->
                            group.createTask {
                                try {
                                    sleep(10.seconds)
                                } finally {
                                    throw Broken("task $n")
                                }
                            }
                        }
                        passes(1)
                        throw Broken("body")
                    }
                }
            messagesOf(failures) shouldContainExactly listOf("task 0", "task 1", "body")
        }

    // test_taskgroups.py: test_taskgroup_14
    @Test
    fun failureOfANestedGroupIsAGroupInsideTheGroup() =
        inVirtualTime {
            val outer =
                shouldThrow<ExceptionGroup> {
                    taskGroup { outer ->
                        outer.createTask { sleep(10.seconds) }
                        taskGroup { inner ->
                            inner.createTask {
                                sleep(100.milliseconds)
                                throw Broken("why")
                            }
                        }
                    }
                }
            messagesOf(outer.exceptions.single().shouldBeInstanceOf<ExceptionGroup>()) shouldContainExactly
                listOf("why")
        }

    // test_taskgroups.py: test_taskgroup_18
    @Test
    fun bodyThatTurnsItsCancellationIntoAFailureGivesAGroup() =
        inVirtualTime {
            val caller =
                createTask {
                    taskGroup {
                        try {
                            sleep(10.seconds)
                        } catch (
                            _: CancelledException,
                        ) {
                            throw Broken("instead")
                        }
                    }
                }
            passes(1)
            caller.cancel()
            messagesOf(shouldThrow<ExceptionGroup> { caller.await() }) shouldContainExactly listOf("instead")
        }

    // test_taskgroups.py: test_taskgroup_20
    @Test
    fun errorOfTheJvmInTheBodyIsThrownBareAndBeforeAllOthers() {
        val failure = OutOfMemoryError("made up")
        val error =
            shouldThrow<OutOfMemoryError> {
                inVirtualTime {
                    taskGroup { group ->
                        group.createTask {
                            sleep(1.seconds)
                            throw Broken()
                        }
                        try {
                            sleep(10.seconds)
                        } finally {
                            throw failure
                        }
                    }
                }
            }
        error shouldBeSameInstanceAs failure
    }

    // test_taskgroups.py: test_taskgroup_21a; the JVM's counterpart of a custom BaseException is any other Error.
    @Test
    fun errorThatIsNotTheJvmsOwnIsGroupedLikeAnException() =
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        group.createTask {
                            sleep(1.seconds)
                            throw AssertionError("task")
                        }
                        try {
                            sleep(10.seconds)
                        } finally {
                            throw Broken("body")
                        }
                    }
                }
            messagesOf(failures) shouldContainExactly listOf("task", "body")
        }

    // test_taskgroups.py: test_nested_groups_both_cancelled
    @Test
    fun nestedGroupsThatFailTogetherCountTheirCancellationsOneByOne() {
        inVirtualTime {
            val me = currentTask()!!
            val outcome =
                outcomeOf {
                    taskGroup { outer ->
                        val inner =
                            outcomeOf {
                                taskGroup { inner ->
                                    inner.createTask {
                                        passes(1)
                                        throw Broken("inner")
                                    }
                                    outer.createTask {
                                        passes(1)
                                        throw Broken("outer")
                                    }
                                }
                            }
                        events += "$inner, cancelling ${me.cancelling()}"
                    }
                }
            events += "$outcome, cancelling ${me.cancelling()}"
        }
        events shouldBe
            listOf(
                "ExceptionGroup: Tasks of a group failed (1 exception), cancelling 1",
                "ExceptionGroup: Tasks of a group failed (1 exception), cancelling 0",
            )
    }

    // test_taskgroups.py: test_error_and_cancel
    @Test
    fun failureAndCancellationTogetherGiveTheGroupNowAndTheCancellationAtTheNextAwait() {
        inVirtualTime {
            val started = Event()
            val task =
                createTask {
                    val outcome =
                        outcomeOf {
                            taskGroup { group ->
                                group.createTask {
                                    started.set()
                                    passes(1)
                                    throw Broken()
                                }
                                sleep(1.seconds)
                            }
                        }
                    events += "${outcome.substringBefore(":")}, cancelling ${currentTask()!!.cancelling()}"
                    sleep(1.seconds)
                    events += "slept"
                }
            started.await()
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("ExceptionGroup, cancelling 1", "CancelledException")
    }

    // test_taskgroups.py: test_cancels_task_if_created_during_creation, with tasks that start in the next pass
    @Test
    fun taskAddedJustBeforeTheGroupIsCancelledIsCancelledToo() = cancelsTaskThatAddedTheFailingOne(eagerStart = false)

    // test_taskgroups.py: test_cancels_task_if_created_during_creation, with tasks that start eagerly
    @Test
    fun taskThatIsStillBeingCreatedWhenTheGroupIsCancelledIsCancelledToo() =
        cancelsTaskThatAddedTheFailingOne(eagerStart = true)

    private fun cancelsTaskThatAddedTheFailingOne(eagerStart: Boolean) {
        inVirtualTime {
            val failures =
                shouldThrow<ExceptionGroup> {
                    taskGroup { group ->
                        group.createTask(eagerStart = eagerStart) {
                            group.createTask(eagerStart = eagerStart) { throw Broken("third") }
                            events += outcomeOf { passes(2) }
                        }
                    }
                }
            events += "${messagesOf(failures)}"
        }
        events shouldBe listOf("CancelledException", "[third]")
    }

    // gh-128588: the failure of an eager task must not cancel the creator inside createTask.
    @Test
    fun eagerTaskThatFailsAtOnceCancelsTheBodyInALaterPass() {
        inVirtualTime {
            outcomeOf {
                taskGroup { group ->
                    val task = group.createTask(eagerStart = true) { throw Broken() }
                    events += "created, cancelling ${currentTask()!!.cancelling()}"
                    events += outcomeOf { task.await() }
                    events += outcomeOf { sleep(1.seconds) }
                }
            }
        }
        events shouldBe listOf("created, cancelling 0", "Broken", "CancelledException")
    }

    // test_taskgroups.py: test_cancellation_does_not_leak_out_of_tg
    @Test
    fun cancellationByTheGroupDoesNotLeakOutOfIt() =
        inVirtualTime {
            outcomeOf { taskGroup { group -> group.createTask(eagerStart = true) { throw Broken() } } }
            passes(1)
            currentTask()!!.cancelling() shouldBe 0
        }
}
