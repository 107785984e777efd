package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.selects.onTimeout
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.sync.withPermit
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.future.await as kotlinxAwait
import kotlinx.coroutines.sync.Semaphore as KotlinxSemaphore

/** Suspending functions of kotlinx.coroutines inside a task. */
@OptIn(ExperimentalCoroutinesApi::class)
class KotlinxInteropTest {
    private val events = mutableListOf<String>()

    @Test
    fun delayUsesTheClockOfTheLoop() =
        inVirtualTime {
            delay(1.hours)
            runningLoop().time() shouldBe 1.hours
        }

    @Test
    fun delayAndSleepWakeInTheOrderOfTheirTimes() {
        inVirtualTime {
            val tasks =
                listOf(
                    createTask {
                        delay(4.seconds)
                        events += "delay 4"
                    },
                    createTask {
                        sleep(1.seconds)
                        events += "sleep 1"
                    },
                    createTask {
                        delay(2.seconds)
                        events += "delay 2"
                    },
                    createTask {
                        sleep(3.seconds)
                        events += "sleep 3"
                    },
                )
            gather(tasks).await()
        }
        events shouldBe listOf("sleep 1", "delay 2", "sleep 3", "delay 4")
    }

    @Test
    fun yieldTakesTurnsWithSleepOfZeroInOneQueue() {
        inVirtualTime {
            val tasks =
                listOf("a", "b", "c").map { name ->
                    createTask {
                        repeat(3) {
                            events += "$name$it"
                            if (name ==
                                "b"
                            ) {
                                yield()
                            } else {
                                sleep(Duration.ZERO)
                            }
                        }
                    }
                }
            runningLoop().callSoon { events += "call" }
            gather(tasks).await()
        }
        events shouldBe listOf("a0", "b0", "c0", "call", "a1", "b1", "c1", "a2", "b2", "c2")
    }

    @Test
    fun withContextRunsOnItsThreadsAndComesBack() {
        listOf(Dispatchers.IO, Dispatchers.Default).forEach { dispatcher ->
            inVirtualTime {
                val task = currentTask()
                val loopThread = Thread.currentThread()
                withContext(dispatcher) { Thread.currentThread() } shouldNotBe loopThread
                Thread.currentThread() shouldBe loopThread
                currentTask() shouldBeSameInstanceAs task
            }
        }
    }

    @Test
    fun failureInsideWithContextIsThrown() =
        inVirtualTime {
            outcomeOf { withContext(Dispatchers.IO) { throw Broken("why") } } shouldBe "Broken: why"
        }

    @Test
    fun childrenOfAScopeRunOnTheLoop() {
        inVirtualTime {
            coroutineScope {
                launch {
                    delay(2.seconds)
                    events += "launched"
                }
                events += "async ${async {
                    delay(1.seconds)
                    42
                }.await()}"
            }
            events += "after at ${runningLoop().time()}"
        }
        events shouldBe listOf("async 42", "launched", "after at 2s")
    }

    @Test
    fun currentTaskAndContextAreThoseOfTheTaskInsideScopesToo() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            val task = currentTask()
            color.set("red")
            coroutineScope {
                delay(1.seconds)
                currentTask() shouldBeSameInstanceAs task
                async {
                    delay(1.seconds)
                    currentTask()
                }.await() shouldBeSameInstanceAs task
                async {
                    yield()
                    color.get()
                }.await() shouldBe "red"
            }
        }
    }

    @Test
    fun failedChildFailsItsScope() =
        inVirtualTime {
            val outcome =
                outcomeOf {
                    coroutineScope {
                        launch { throw Broken("child") }
                        delay(10.seconds)
                    }
                }
            outcome shouldBe "Broken: child"
            delay(1.seconds)
            runningLoop().time() shouldBe 1.seconds
        }

    @Test
    fun failedChildOfASupervisorScopeIsAskedForItsFailure() =
        inVirtualTime {
            supervisorScope {
                val failing = async { throw Broken("child") }
                delay(1.seconds)
                outcomeOf { failing.await() } shouldBe "Broken: child"
            }
        }

    @Test
    fun withTimeoutFailsWithTheTimeoutOfKotlinx() =
        inVirtualTime {
            shouldThrow<TimeoutCancellationException> { withTimeout(1.seconds) { delay(10.seconds) } }
            shouldThrow<TimeoutCancellationException> { withTimeout(1.seconds) { sleep(10.seconds) } }
            runningLoop().time() shouldBe 2.seconds
        }

    @Test
    fun withTimeoutOrNullReturnsNull() =
        inVirtualTime {
            withTimeoutOrNull(1.seconds) {
                delay(10.seconds)
                1
            } shouldBe null
            withTimeoutOrNull(10.seconds) {
                sleep(1.seconds)
                1
            } shouldBe 1
        }

    @Test
    fun taskThatLetsATimeoutOfKotlinxPassFailsAndIsNotCancelled() =
        inVirtualTime {
            val task = createTask { withTimeout(1.seconds) { delay(10.seconds) } }
            shouldThrow<TimeoutCancellationException> { task.await() }
            task.cancelled() shouldBe false
        }

    @Test
    fun ourTimeoutEndsADelay() =
        inVirtualTime {
            shouldThrow<TimeoutException> { timeout(1.seconds) { delay(10.seconds) } }
            delay(1.seconds)
            runningLoop().time() shouldBe 2.seconds
        }

    @Test
    fun flowIsCollected() =
        inVirtualTime {
            flow {
                repeat(3) {
                    emit(it)
                    delay(1.seconds)
                }
            }.map { it * 2 }.toList() shouldBe listOf(0, 2, 4)
            runningLoop().time() shouldBe 3.seconds
        }

    @Test
    fun flowOnRunsTheFlowElsewhere() =
        inVirtualTime {
            val loopThread = Thread.currentThread()
            val threads = flow { emit(Thread.currentThread()) }.flowOn(Dispatchers.Default).toList()
            threads.single() shouldNotBe loopThread
            flowOf(
                1,
                2,
                3,
            ).flowOn(Dispatchers.IO).map { it.also { Thread.currentThread() shouldBe loopThread } }.toList()
        }

    @Test
    fun mutexIsHandedOverInTurn() {
        inVirtualTime {
            val mutex = Mutex()
            val tasks =
                listOf("a", "b", "c").map { name ->
                    createTask {
                        mutex.withLock {
                            events += name
                            yield()
                        }
                    }
                }
            gather(tasks).await()
        }
        events shouldBe listOf("a", "b", "c")
    }

    @Test
    fun semaphoreLimitsTheTasks() =
        inVirtualTime {
            val semaphore = KotlinxSemaphore(2)
            gather(List(4) { createTask { semaphore.withPermit { delay(1.seconds) } } }).await()
            runningLoop().time() shouldBe 2.seconds
        }

    @Test
    fun channelConnectsTasks() =
        inVirtualTime {
            val channel = Channel<Int>()
            createTask {
                repeat(3) { channel.send(it) }
                channel.close()
            }
            for (item in channel) events += "$item"
            events shouldBe listOf("0", "1", "2")
        }

    @Test
    fun selectTakesWhatIsReadyFirst() =
        inVirtualTime {
            val channel = Channel<Int>()
            createTask {
                delay(1.seconds)
                channel.send(42)
            }
            val first =
                select {
                    channel.onReceive { "received $it" }
                    onTimeout(2.seconds) { "timeout" }
                }
            val second =
                select {
                    channel.onReceive { "received $it" }
                    onTimeout(2.seconds) { "timeout" }
                }
            listOf(first, second) shouldBe listOf("received 42", "timeout")
        }

    @Test
    fun runInterruptibleReturnsItsResult() =
        inVirtualTime {
            runInterruptible(Dispatchers.IO) { 42 } shouldBe 42
        }

    @Test
    fun suspendCoroutineIsResumedByACall() =
        inVirtualTime {
            suspendCoroutine { continuation -> runningLoop().callSoon { continuation.resume(42) } } shouldBe 42
        }

    @Test
    fun completableFutureIsAwaitedWithTheirAwaitAndWithOurs() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val waiting = createTask { source.kotlinxAwait() }
            passes(1)
            toThread { source.complete(42) }
            waiting.await() shouldBe 42
            source.await() shouldBe 42
        }

    @Test
    fun taskMayAwaitManyDeferredsAndTasksInOneScope() =
        inVirtualTime {
            val task =
                createTask {
                    sleep(1.seconds)
                    1
                }
            val results =
                coroutineScope {
                    listOf(
                        async { task.await() },
                        async {
                            delay(2.seconds)
                            2
                        },
                    ).awaitAll()
                }
            results shouldBe listOf(1, 2)
        }
}
