package dev.tandem

import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class EagerStartTest {
    private val events = mutableListOf<String>()

    @Test
    fun firstStepIsTakenInsideTheCreation() {
        inVirtualTime {
            val task =
                createTask(eagerStart = true) {
                    events += "first step"
                    passes(1)
                    events += "second step"
                }
            events += "created"
            task.await()
        }
        events shouldBe listOf("first step", "created", "second step")
    }

    @Test
    fun bodyThatNeverSuspendsIsDoneWhenItIsCreated() =
        inVirtualTime {
            val task = createTask(eagerStart = true) { 42 }
            task.done() shouldBe true
            task.result() shouldBe 42
            allTasks() shouldContainExactly listOf(currentTask())
        }

    @Test
    fun failureInTheFirstStepStaysInTheTask() =
        inVirtualTime {
            val task = createTask(eagerStart = true) { throw Broken("why") }
            task.exception()?.message shouldBe "why"
        }

    // test_eager_task_factory.py: EagerTaskFactoryLoopTests.test_current_task
    @Test
    fun currentTaskInTheFirstStepIsTheNewOneAndThenTheCreatorAgain() {
        inVirtualTime {
            currentTask()!!.name = "creator"
            val task =
                createTask("eager", eagerStart = true) {
                    events += currentTask()!!.name
                    passes(1)
                    events +=
                        currentTask()!!.name
                }
            events += currentTask()!!.name
            task.await()
        }
        events shouldBe listOf("eager", "creator", "eager")
    }

    @Test
    fun taskInItsFirstStepIsAmongAllTasks() {
        inVirtualTime {
            createTask("eager", eagerStart = true) { events += allTasks().map { it.name }.filter { it == "eager" } }
        }
        events shouldBe listOf("eager")
    }

    @Test
    fun firstStepRunsInACopyOfTheContext() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            color.set("red")
            createTask(eagerStart = true) {
                events += color.get()
                color.set("blue")
            }
            events += color.get()
        }
        events shouldBe listOf("red", "red")
    }

    @Test
    fun doneCallbacksStillWaitForTheNextPass() {
        inVirtualTime {
            createTask(eagerStart = true) {}.addDoneCallback { events += "callback" }
            events += "created"
            passes(1)
        }
        events shouldBe listOf("created", "callback")
    }

    @Test
    fun eagerTaskIsCancelledWhereItStands() =
        inVirtualTime {
            val task = createTask(eagerStart = true) { sleep(10.seconds) }
            task.cancel()
            outcomeOf { task.await() } shouldBe "CancelledException"
        }

    @Test
    fun eagerTaskThatCancelsItselfIsStoppedAtItsFirstSuspension() {
        inVirtualTime {
            val task =
                createTask(eagerStart = true) {
                    currentTask()!!.cancel()
                    passes(1)
                    events += "went on"
                }
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("CancelledException")
    }

    @Test
    fun cancellationByTheEagerTaskReachesItsCreatorAtTheNextAwait() {
        inVirtualTime {
            val creator =
                createTask {
                    val me = currentTask()!!
                    createTask(eagerStart = true) { me.cancel() }
                    events += "created"
                    passes(1)
                    events += "went on"
                }
            events += outcomeOf { creator.await() }
        }
        events shouldBe listOf("created", "CancelledException")
    }

    @Test
    fun loopThatDoesNotRunStartsNothingEagerly() {
        withLoop { loop ->
            loop.createTask(eagerStart = true) { events += "body" }
            events += "created"
            loop.runOnePass()
        }
        events shouldBe listOf("created", "body")
    }

    @Test
    fun eagerTaskFactoryMakesEagerStartTheDefault() {
        inVirtualTime {
            runningLoop().taskFactory = eagerTaskFactory
            createTask { events += "eager" }
            events += "created"
            createTask(eagerStart = false) { events += "not eager" }
            events += "created"
            passes(1)
        }
        events shouldBe listOf("eager", "created", "created", "not eager")
    }
}
