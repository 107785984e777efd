package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import kotlin.time.Duration.Companion.seconds

class ThreadsTest {
    private val events = mutableListOf<String>()

    @Test
    fun workRunsOnAnotherThreadAndTheTaskGoesOnTheLoopThread() =
        inVirtualTime {
            val loopThread = Thread.currentThread()
            toThread { Thread.currentThread() } shouldNotBe loopThread
            Thread.currentThread() shouldBe loopThread
        }

    @Test
    fun failureOfTheWorkIsThrownItself() =
        inVirtualTime {
            val failure = Broken()
            shouldThrow<Broken> { toThread { throw failure } } shouldBeSameInstanceAs failure
        }

    @Test
    fun otherTasksRunMeanwhile() {
        inVirtualTime {
            val release = CountDownLatch(1)
            val worker =
                createTask {
                    toThread { release.await() }
                    events += "worker"
                }
            passes(1)
            events += "main"
            release.countDown()
            worker.await()
        }
        events shouldBe listOf("main", "worker")
    }

    @Test
    fun workReadsTheValuesOfItsCallerAndKeepsItsOwn() =
        inVirtualTime {
            val color = ContextVar("color", default = "none")
            color.set("red")
            toThread { color.get().also { color.set("blue") } } shouldBe "red"
            color.get() shouldBe "red"
        }

    @Test
    fun runInExecutorDoesNotPassTheContextOn() =
        inVirtualTime {
            val color = ContextVar("color", default = "none")
            color.set("red")
            runningLoop().runInExecutor(null) { color.get() }.await() shouldBe "none"
        }

    @Test
    fun cancellingTheCallerInterruptsTheThread() {
        inVirtualTime {
            val (started, interrupted) = List(2) { CountDownLatch(1) }
            val caller =
                createTask {
                    toThread {
                        started.countDown()
                        try {
                            CountDownLatch(1).await()
                        } catch (_: InterruptedException) {
                            interrupted.countDown()
                        }
                    }
                }
            toThread { started.await() }
            caller.cancel()
            events += outcomeOf { caller.await() }
            toThread { interrupted.await() }
        }
        events shouldBe listOf("CancelledException")
    }

    @Test
    fun workThatHasNotStartedWhenItIsCancelledNeverRuns() {
        val executor = Executors.newSingleThreadExecutor()
        inVirtualTime {
            val release = CountDownLatch(1)
            val first = runningLoop().runInExecutor(executor) { release.await() }
            val second = runningLoop().runInExecutor(executor) { events += "ran" }
            second.cancel()
            passes(1)
            release.countDown()
            first.await()
            runningLoop().runInExecutor(executor) {}.await()
        }
        executor.shutdown()
        events shouldBe emptyList()
    }

    @Test
    fun interruptDoesNotReachTheNextWorkOfTheThread() {
        val executor = Executors.newSingleThreadExecutor()
        inVirtualTime {
            val started = CountDownLatch(1)
            val first =
                runningLoop().runInExecutor(executor) {
                    started.countDown()
                    runCatching { CountDownLatch(1).await() }
                }
            toThread { started.await() }
            first.cancel()
            passes(1)
            events += "interrupted ${runningLoop().runInExecutor(executor) { Thread.interrupted() }.await()}"
        }
        executor.shutdown()
        events shouldBe listOf("interrupted false")
    }

    @Test
    fun givenExecutorAndDefaultExecutorAreUsed() =
        inVirtualTime {
            val named = Executors.newSingleThreadExecutor { Thread(it, "given") }
            runningLoop().runInExecutor(named) { Thread.currentThread().name }.await() shouldBe "given"
            toThread { Thread.currentThread().name } shouldStartWith "tandem-worker-"
            runningLoop().setDefaultExecutor(named)
            toThread { Thread.currentThread().name } shouldBe "given"
        }

    @Test
    fun executorThatWasShutDownRefusesWorkAndTheLoopGoesOn() =
        inVirtualTime {
            runningLoop().shutdownDefaultExecutor()
            shouldThrow<RejectedExecutionException> { toThread {} }.message shouldContain "executor of your own"
            sleep(1.seconds)
        }

    @Test
    fun executorThatRejectsItsWorkDoesNotStopTheClock() =
        inVirtualTime {
            val closed = Executors.newSingleThreadExecutor().apply { shutdown() }
            shouldThrow<RejectedExecutionException> { runningLoop().runInExecutor(closed) {} }
            sleep(1.seconds)
        }

    @Test
    fun shutdownOfTheExecutorWaitsForItsWork() {
        inVirtualTime {
            val release = CountDownLatch(1)
            val worker =
                createTask {
                    toThread {
                        release.await()
                        events += "work done"
                    }
                }
            passes(1)
            runningLoop().callSoon { release.countDown() }
            runningLoop().shutdownDefaultExecutor()
            events += "shut down"
            worker.await()
        }
        events shouldBe listOf("work done", "shut down")
    }

    @Test
    fun coroutineFromAnotherThreadRunsAsATaskOfTheLoop() =
        inVirtualTime {
            val loop = runningLoop()
            val thread =
                toThread {
                    runCoroutineThreadsafe(loop) {
                        passes(1)
                        Thread.currentThread()
                    }.get()
                }
            thread shouldBe Thread.currentThread()
        }

    @Test
    fun failureReachesTheThreadThatAsked() =
        inVirtualTime {
            val loop = runningLoop()
            val failure = Broken()
            val cause =
                toThread {
                    shouldThrow<ExecutionException> {
                        runCoroutineThreadsafe(
                            loop,
                        ) { throw failure }.get()
                    }.cause
                }
            cause shouldBeSameInstanceAs failure
        }

    @Test
    fun coroutineFromAnotherThreadReadsTheValuesOfThatThread() =
        inVirtualTime {
            val loop = runningLoop()
            val color = ContextVar("color", default = "none")
            toThread {
                color.set("red")
                runCoroutineThreadsafe(loop) { color.get() }.get()
            } shouldBe "red"
        }

    @Test
    fun cancellingTheResultCancelsTheTask() {
        inVirtualTime {
            val loop = runningLoop()
            val started = CountDownLatch(1)
            val ended = loop.createFuture<String>()
            val result =
                toThread {
                    runCoroutineThreadsafe(loop) {
                        started.countDown()
                        ended.complete(outcomeOf { sleep(10.seconds) })
                    }
                }
            toThread { started.await() }
            toThread { result.cancel(true) } shouldBe true
            events += ended.await()
        }
        events shouldBe listOf("CancelledException")
    }

    @Test
    fun cancellingTheResultBeforeTheTaskWasMadeLetsItNeverRun() {
        inVirtualTime {
            val result = runCoroutineThreadsafe(runningLoop()) { events += "ran" }
            result.cancel(true)
            passes(3)
        }
        events shouldBe emptyList()
    }

    @Test
    fun blockingOnTheResultOnTheLoopThreadThrowsAndNamesAwait() =
        inVirtualTime {
            val result = runCoroutineThreadsafe(runningLoop()) {}
            shouldThrow<IllegalStateException> { result.get() }.message shouldContain "await()"
            shouldThrow<IllegalStateException> { result.join() }.message shouldContain "await()"
            result.await()
        }

    @Test
    fun failureToMakeTheTaskIsBothGivenToTheCallerAndReported() {
        inVirtualTime {
            val loop = runningLoop()
            loop.exceptionHandler = ExceptionHandler { _, report -> events += "reported: ${report.exception?.message}" }
            val used = coroutine { 1 }.also { it.close() }
            val cause = toThread { shouldThrow<ExecutionException> { runCoroutineThreadsafe(used, loop).get() }.cause }
            cause?.message shouldContain "already used"
        }
        events.single() shouldContain "already used"
    }

    @Test
    fun closedLoopRefusesACoroutine() =
        withLoop { loop ->
            loop.close()
            shouldThrow<IllegalStateException> { runCoroutineThreadsafe(loop) {} }.message shouldContain "closed"
        }
}
