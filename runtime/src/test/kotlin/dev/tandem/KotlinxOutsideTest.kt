package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.string.shouldStartWith
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.seconds

/** Our futures awaited by coroutines that are no tasks, and the loop as their dispatcher. */
class KotlinxOutsideTest {
    private val events = mutableListOf<String>()

    @Test
    fun futureIsAwaitedByTheChildrenOfAScope() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            runningLoop().callLater(1.seconds) { future.setResult(42) }
            coroutineScope { listOf(async { future.await() }, async { future.await() }).map { it.await() } } shouldBe
                listOf(42, 42)
        }

    @Test
    fun futureIsAwaitedOnOtherThreadsOfKotlinx() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val started = CountDownLatch(1)
            val task =
                createTask {
                    withContext(Dispatchers.IO) {
                        started.countDown()
                        future.await()
                    }
                }
            toThread { started.await() }
            future.setResult(42)
            task.await() shouldBe 42
        }

    @Test
    fun futureAndTaskAreAwaitedByABlockedThread() =
        inVirtualTime {
            val task =
                createTask {
                    passes(5)
                    42
                }
            toThread { runBlocking { task.await() } } shouldBe 42
        }

    @Test
    fun failureIsThrownToABlockedThread() =
        inVirtualTime {
            val task =
                createTask {
                    passes(2)
                    throw Broken("why")
                }
            toThread { runBlocking { outcomeOf { task.await() } } } shouldBe "Broken: why"
        }

    @Test
    fun cancellingTheCoroutineCancelsTheTaskThatItAwaitsAndWaitsForItsEnd() {
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
            coroutineScope {
                val waiter = launch { task.await() }
                delay(1.seconds)
                waiter.cancel()
                waiter.join()
                events += "waiter ended"
            }
        }
        events shouldBe listOf("cleaned up", "waiter ended")
    }

    @Test
    fun timeLimitOfKotlinxOnAnotherThreadCancelsTheTask() =
        inVirtualTime {
            val task = createTask { runningLoop().createFuture<Unit>().await() }
            toThread { runBlocking { withTimeoutOrNull(1) { task.await() } } } shouldBe null
            task.cancelled() shouldBe true
        }

    /** The loop is sometimes as quick as the thread, which then never suspends: kotlinx takes another way back. */
    @Test
    fun timeLimitOfKotlinxThatHasRunOutBeforeTheAwaitIsItsOwnAffair() =
        inVirtualTime {
            repeat(200) {
                val task = createTask { runningLoop().createFuture<Unit>().await() }
                toThread { runBlocking { awaitTooLate(task) } } shouldBe null
                task.cancelled() shouldBe true
            }
        }

    private suspend fun awaitTooLate(task: Task<Unit>): Unit? =
        withTimeoutOrNull(1) {
            while (currentCoroutineContext().job.isActive) Thread.onSpinWait()
            task.await()
        }

    @Test
    fun withContextOfTheLoopRunsThereAndComesBack() =
        inVirtualTime {
            val loop = runningLoop()
            val loopThread = Thread.currentThread()
            toThread {
                runBlocking {
                    withContext(loop) { Thread.currentThread() } shouldBe loopThread
                    Thread.currentThread() shouldNotBe loopThread
                }
            }
        }

    @Test
    fun coroutinesThatAreLaunchedOnTheLoopTakeTurnsWithItsTasks() {
        inVirtualTime {
            val scope = CoroutineScope(runningLoop())
            val jobs =
                listOf("a", "b").map { name ->
                    scope.launch {
                        repeat(2) {
                            events += "$name$it"
                            kotlinx.coroutines.yield()
                        }
                    }
                }
            val task =
                createTask {
                    repeat(2) {
                        events += "task$it"
                        passes(1)
                    }
                }
            jobs.joinAll()
            task.await()
        }
        events shouldBe listOf("a0", "b0", "task0", "a1", "b1", "task1")
    }

    @Test
    fun delayOfACoroutineOnTheLoopUsesTheClockOfTheLoop() =
        inVirtualTime {
            CoroutineScope(runningLoop()).launch { delay(10.seconds) }.join()
            runningLoop().time() shouldBe 10.seconds
        }

    @Test
    fun launchFromAnotherThreadRunsOnTheLoop() =
        inVirtualTime {
            val loop = runningLoop()
            val thread =
                toThread {
                    runBlocking {
                        async(loop) {
                            kotlinx.coroutines.yield()
                            Thread.currentThread()
                        }.await()
                    }
                }
            thread shouldBe Thread.currentThread()
        }

    @Test
    fun coroutineOnTheLoopIsNoTaskButMayCreateOne() =
        inVirtualTime {
            val job =
                CoroutineScope(runningLoop()).async {
                    shouldThrow<IllegalStateException> { timeout(1.seconds) {} }
                    currentTask() shouldBe null
                    createTask { 42 }.await()
                }
            job.await() shouldBe 42
        }

    @Test
    fun ourPrimitivesWorkBetweenTasksAndCoroutinesOnTheLoop() {
        inVirtualTime {
            val queue = Queue<Int>(maxSize = 1)
            val producer = CoroutineScope(runningLoop()).launch { repeat(3) { queue.put(it) } }
            repeat(3) { events += "${queue.get()}" }
            producer.join()
        }
        events shouldBe listOf("0", "1", "2")
    }

    @Test
    fun coroutineThatIsNoTaskDoesNotSeeTheValuesOfWhateverRanBefore() {
        val variable = ContextVar("variable", default = "default")
        inVirtualTime {
            val loop = runningLoop()
            loop.callSoon { variable.set("of a callback") }
            CoroutineScope(loop).launch { events += variable.get() }.join()
        }
        events shouldBe listOf("default")
    }

    @Test
    fun dependentOfAFutureDoesNotSeeTheValuesOfWhateverRanBefore() {
        val variable = ContextVar("variable", default = "default")
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val dependent = future.thenAccept { events += variable.get() }
            runningLoop().callSoon { variable.set("of a callback") }
            future.setResult(1)
            passes(2)
            dependent.isDone shouldBe true
        }
        events shouldBe listOf("default")
    }

    @Test
    fun runBlockingInATaskFailsInsteadOfBlockingTheLoopThatItWaitsFor() =
        inVirtualTime {
            val error = shouldThrow<IllegalStateException> { runBlocking { sleep(1.seconds) } }
            error.message!! shouldStartWith "runBlocking { } in a task or callback waits for Future(pending)"
        }
}
