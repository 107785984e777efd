package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class TaskTest {
    private val events = mutableListOf<String>()

    @Test
    fun firstStepIsTakenInTheNextPass() {
        inVirtualTime {
            val task = createTask { events += "body" }
            events += "created"
            task.await()
        }
        events shouldBe listOf("created", "body")
    }

    @Test
    fun tasksTakeTurnsInTheOrderInWhichTheyWereMade() {
        inVirtualTime {
            val tasks =
                listOf("a", "b").map { name ->
                    createTask {
                        repeat(2) {
                            events += "$name$it"
                            passes(1)
                        }
                    }
                }
            gather(tasks).await()
        }
        events shouldBe listOf("a0", "b0", "a1", "b1")
    }

    @Test
    fun resultOfTheBodyIsTheResultOfTheTask() =
        inVirtualTime {
            val task = createTask { 42 }
            task.await() shouldBe 42
            task.result() shouldBe 42
        }

    @Test
    fun exceptionOfTheBodyIsThrownAtEveryAwait() =
        inVirtualTime {
            val failure = Broken()
            val task = createTask { throw failure }
            shouldThrow<Broken> { task.await() } shouldBeSameInstanceAs failure
            shouldThrow<Broken> { task.await() } shouldBeSameInstanceAs failure
            task.exception() shouldBeSameInstanceAs failure
        }

    @Test
    fun failureOfATaskDoesNotTouchTheOthers() =
        inVirtualTime {
            val failing = createTask { throw Broken() }
            val other =
                createTask {
                    sleep(1.seconds)
                    "slept"
                }
            other.await() shouldBe "slept"
            outcomeOf { failing.await() } shouldBe "Broken"
        }

    @Test
    fun currentTaskIsTheOneWhoseStepRuns() {
        inVirtualTime {
            val task =
                createTask("worker") {
                    events += currentTask()!!.name
                    passes(1)
                    events += currentTask()!!.name
                }
            events += currentTask()!!.name.substringBefore('-')
            task.await()
            events += currentTask()!!.name.substringBefore('-')
        }
        events shouldBe listOf("Task", "worker", "worker", "Task")
    }

    @Test
    fun allTasksListsThoseThatAreNotDoneInTheirOrder() =
        inVirtualTime {
            val first = createTask { sleep(1.seconds) }
            val second = createTask { sleep(2.seconds) }
            allTasks() shouldContainExactly listOf(currentTask(), first, second)
            first.await()
            allTasks() shouldContainExactly listOf(currentTask(), second)
        }

    @Test
    fun taskHasItsContextCopiedWhenItIsCreated() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            color.set("red")
            val task =
                createTask {
                    events += color.get()
                    color.set("set by task")
                }
            color.set("blue")
            task.await()
            events += color.get()
            events += "${task.context[color]}"
        }
        events shouldBe listOf("red", "blue", "set by task")
    }

    @Test
    fun taskWithAGivenContextSharesIt() =
        inVirtualTime {
            val color = ContextVar("color", default = "none")
            val context = Context()
            createTask(context = context) { color.set("set by task") }.await()
            context[color] shouldBe "set by task"
            color.get() shouldBe "none"
        }

    @Test
    fun nameIsGivenOrMadeUpAndCanBeChanged() =
        inVirtualTime {
            val task = createTask {}
            task.name shouldMatch Regex("Task-\\d+")
            task.name = "renamed"
            task.name shouldBe "renamed"
            createTask("given") {}.name shouldBe "given"
        }

    // test_tasks.py: test_task_awaits_on_itself
    @Test
    fun taskThatAwaitsItselfFailsInsteadOfHanging() =
        inVirtualTime {
            lateinit var task: Task<Unit>
            task = createTask("snake") { task.await() }
            outcomeOf { task.await() } shouldContain "Task(snake, pending) awaits itself"
        }

    @Test
    fun taskCanBeCreatedBeforeTheLoopRuns() =
        withLoop { loop ->
            val task = loop.createTask { 42 }
            loop.runUntilComplete(task) shouldBe 42
        }

    @Test
    fun taskWithoutALoopSaysWhereItBelongs() {
        shouldThrow<IllegalStateException> { createTask {} }.message shouldContain "runLoop"
    }

    @Test
    fun taskFactoryMakesTheTasks() =
        inVirtualTime {
            runningLoop().taskFactory =
                object : TaskFactory {
                    override fun <T> createTask(
                        loop: EventLoop,
                        coroutine: Coroutine<T>,
                        name: String?,
                        context: Context?,
                        eagerStart: Boolean?,
                    ): Task<T> = Task(loop, coroutine, "made for $name", context)
                }
            createTask("me") {}.name shouldBe "made for me"
            runningLoop().taskFactory = null
            createTask("me") {}.name shouldBe "me"
        }

    @Test
    fun loopKeepsATaskThatNobodyElseKeeps() {
        inVirtualTime {
            createTask {
                sleep(1.seconds)
                events += "done"
            }
            System.gc()
            sleep(2.seconds)
        }
        events shouldBe listOf("done")
    }

    @Test
    fun errorOfTheJvmIsKeptInTheTaskAndLeavesTheLoop() =
        withLoop { loop ->
            val failure = OutOfMemoryError("made up")
            val task = loop.createTask { throw failure }
            shouldThrow<OutOfMemoryError> { loop.runUntilComplete(task) } shouldBeSameInstanceAs failure
            task.exception() shouldBeSameInstanceAs failure
        }

    @Test
    fun taskShowsItsNameAndWhatItWaitsFor() {
        inVirtualTime {
            val inner = createTask("inner") { runningLoop().createFuture<Unit>().await() }
            val outer = createTask("outer") { inner.await() }
            passes(2)
            events += "$inner"
            events += "$outer"
            outer.cancel()
            passes(4)
            events += "$inner"
        }
        events shouldBe
            listOf(
                "Task(inner, pending, waiting on Future)",
                "Task(outer, pending, waiting on Task(inner))",
                "Task(inner, cancelled)",
            )
    }
}
