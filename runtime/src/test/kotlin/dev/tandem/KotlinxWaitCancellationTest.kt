package dev.tandem

import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.future.await as kotlinxAwait
import kotlinx.coroutines.sync.Semaphore as KotlinxSemaphore

/** A task is cancelled while it stands in one of the waits of kotlinx.coroutines. */
class KotlinxWaitCancellationTest {
    /** Waits of kotlinx that do not end by themselves. Each gets the signal to give once it is about to wait. */
    private val endlessWaits: Map<String, suspend (started: () -> Unit) -> Unit> =
        mapOf(
            "delay" to { started ->
                started()
                delay(1000.seconds)
            },
            "awaitCancellation" to { started ->
                started()
                awaitCancellation()
            },
            "withContext(IO)" to { started ->
                withContext(Dispatchers.IO) {
                    started()
                    awaitCancellation()
                }
            },
            "withContext(Default)" to { started ->
                withContext(Dispatchers.Default) {
                    started()
                    delay(1000.seconds)
                }
            },
            "coroutineScope" to { started ->
                coroutineScope {
                    started()
                    delay(1000.seconds)
                }
            },
            "launch" to { started ->
                coroutineScope {
                    launch {
                        started()
                        awaitCancellation()
                    }
                }
            },
            "async" to { started ->
                coroutineScope {
                    async {
                        started()
                        awaitCancellation()
                    }.await()
                }
            },
            "supervisorScope" to { started ->
                supervisorScope {
                    launch {
                        started()
                        awaitCancellation()
                    }.join()
                }
            },
            "withTimeout" to { started ->
                withTimeout(1000.seconds) {
                    started()
                    awaitCancellation()
                }
            },
            "flow" to { started ->
                flow<Int> {
                    started()
                    awaitCancellation()
                }.collect {}
            },
            "flowOn" to { started ->
                flow<Int> {
                    started()
                    awaitCancellation()
                }.flowOn(Dispatchers.IO).collect {}
            },
            "Mutex" to { started ->
                val mutex = Mutex(locked = true)
                started()
                mutex.lock()
            },
            "Semaphore" to { started ->
                val semaphore = KotlinxSemaphore(1, 1)
                started()
                semaphore.acquire()
            },
            "Channel.receive" to { started ->
                val channel = Channel<Int>()
                started()
                channel.receive()
            },
            "Channel.send" to { started ->
                val channel = Channel<Int>()
                started()
                channel.send(1)
            },
            "select" to { started ->
                val channel = Channel<Int>()
                started()
                select { channel.onReceive {} }
            },
            "Deferred" to { started ->
                val deferred = CompletableDeferred<Int>()
                started()
                deferred.await()
            },
            "runInterruptible" to
                { started ->
                    runInterruptible(Dispatchers.IO) {
                        started()
                        CountDownLatch(1).await()
                    }
                },
            "CompletableFuture.await" to
                { started ->
                    val source = CompletableFuture<Int>()
                    started()
                    source.kotlinxAwait()
                },
            "our sleep in a scope" to { started ->
                coroutineScope {
                    started()
                    sleep(1000.seconds)
                }
            },
            "our future in a scope" to
                { started ->
                    val future = runningLoop().createFuture<Int>()
                    coroutineScope {
                        started()
                        future.await()
                    }
                },
        )

    @TestFactory
    fun waitIsCancelledWithTheTask(): List<DynamicTest> =
        endlessWaits.map { (name, wait) ->
            dynamicTest(name) {
                inVirtualTime {
                    val started = CountDownLatch(1)
                    val task = createTask { wait(started::countDown) }
                    toThread { started.await() }
                    passes(2)
                    task.cancel("why")
                    outcomeOf { task.await() } shouldBe "CancelledException: why"
                    task.cancelled() shouldBe true
                }
            }
        }

    @TestFactory
    fun caughtCancellationLetsTheTaskGoOn(): List<DynamicTest> =
        endlessWaits.map { (name, wait) ->
            dynamicTest(name) {
                val outcomes = mutableListOf<String>()
                inVirtualTime {
                    val started = List(3) { CountDownLatch(1) }
                    val task =
                        createTask {
                            started.forEach { outcomes += outcomeOf { wait(it::countDown) } }
                            delay(1.seconds)
                            sleep(1.seconds)
                            withContext(Dispatchers.IO) { outcomes += "went on" }
                        }
                    started.forEachIndexed { index, latch ->
                        toThread { latch.await() }
                        passes(2)
                        task.cancel("$index")
                    }
                    task.await()
                }
                outcomes shouldBe
                    listOf("CancelledException: 0", "CancelledException: 1", "CancelledException: 2", "went on")
            }
        }
}
