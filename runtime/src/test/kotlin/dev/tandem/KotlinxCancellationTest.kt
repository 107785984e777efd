package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Test
import java.util.concurrent.CountDownLatch
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.time.Duration.Companion.seconds

/** What a task and the functions of kotlinx.coroutines make of a cancellation. */
class KotlinxCancellationTest {
    private val events = mutableListOf<String>()

    @Test
    fun cancellationInsideAScopeIsOursThere() {
        inVirtualTime {
            val task =
                createTask {
                    coroutineScope {
                        try {
                            delay(10.seconds)
                        } catch (e: CancelledException) {
                            events +=
                                "${e.message}"
                            throw e
                        }
                    }
                }
            passes(1)
            task.cancel("why")
            shouldThrow<CancelledException> { task.await() }
        }
        events shouldBe listOf("why")
    }

    // Kotlinx's rule, which holds until its scope ends: a cancelled Job stays cancelled.
    @Test
    fun cancellationThatIsCaughtInsideAScopeComesBackAtTheNextAwaitOfThatScope() {
        inVirtualTime {
            val task =
                createTask {
                    events +=
                        outcomeOf {
                            coroutineScope {
                                repeat(2) { events += "inside ${outcomeOf { delay(10.seconds) }}" }
                            }
                        }
                    events += outcomeOf { delay(1.seconds) }
                }
            passes(1)
            task.cancel()
            task.await()
        }
        events shouldBe listOf("inside CancelledException", "inside CancelledException", "CancelledException", "done")
    }

    @Test
    fun nonCancellableSectionRunsToItsEndAndTheCancellationComesAfterIt() {
        inVirtualTime {
            val task =
                createTask {
                    events +=
                        outcomeOf {
                            withContext(NonCancellable) {
                                delay(2.seconds)
                                "protected"
                            }
                        }
                    events += outcomeOf { delay(10.seconds) }
                    events += outcomeOf { delay(1.seconds) }
                }
            sleep(1.seconds)
            task.cancel()
            task.await()
        }
        events shouldBe listOf("done protected", "CancelledException", "done")
    }

    @Test
    fun nonCancellableCleanupMayAwait() {
        inVirtualTime {
            val task =
                createTask {
                    try {
                        coroutineScope { delay(10.seconds) }
                    } finally {
                        withContext(NonCancellable) {
                            delay(1.seconds)
                            sleep(1.seconds)
                            events += "cleaned up"
                        }
                    }
                }
            passes(1)
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("cleaned up", "CancelledException")
    }

    @Test
    fun suspensionThatCannotBeCancelledThrowsWhenItIsResumed() {
        inVirtualTime {
            val task =
                createTask {
                    events +=
                        outcomeOf {
                            suspendCoroutine<Unit> { c ->
                                runningLoop().callLater(2.seconds) { c.resume(Unit) }
                            }
                        }
                    events += outcomeOf { delay(1.seconds) }
                }
            sleep(1.seconds)
            task.cancel()
            task.await()
            events += "${runningLoop().time()}"
        }
        events shouldBe listOf("CancelledException", "done", "3s")
    }

    @Test
    fun taskThatCancelsItselfIsStoppedInTheNextKotlinxSuspension() {
        inVirtualTime {
            val task =
                createTask {
                    currentTask()!!.cancel()
                    events += outcomeOf { delay(10.seconds) }
                    events += outcomeOf { delay(1.seconds) }
                }
            task.await()
        }
        events shouldBe listOf("CancelledException", "done")
    }

    @Test
    fun mutexThatWasHandedOverWithTheCancellationIsFree() =
        inVirtualTime {
            val mutex = Mutex(locked = true)
            val task = createTask { mutex.lock() }
            passes(1)
            mutex.unlock()
            task.cancel()
            outcomeOf { task.await() } shouldBe "CancelledException"
            mutex.isLocked shouldBe false
        }

    @Test
    fun elementThatWasDeliveredWithTheCancellationIsReportedUndelivered() {
        inVirtualTime {
            val channel = Channel<Int>(onUndeliveredElement = { events += "undelivered $it" })
            val task = createTask { channel.receive() }
            passes(1)
            channel.trySend(42)
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("undelivered 42", "CancelledException")
    }

    @Test
    fun receivesGoOnAfterEachCancellation() {
        inVirtualTime {
            val channel = Channel<Int>()
            val task = createTask { repeat(4) { events += outcomeOf { channel.receive() } } }
            passes(1)
            repeat(2) {
                task.cancel()
                passes(3)
            }
            channel.send(7)
            passes(2)
            task.cancel()
            task.await()
        }
        events shouldBe listOf("CancelledException", "CancelledException", "done 7", "CancelledException")
    }

    @Test
    fun yieldIsCancelledToo() {
        inVirtualTime {
            val task = createTask { repeat(2) { events += outcomeOf { yield() } } }
            passes(1)
            task.cancel()
            task.await()
        }
        events shouldBe listOf("CancelledException", "done")
    }

    @Test
    fun failureOfAChildDuringTheCancellationWins() =
        inVirtualTime {
            val task =
                createTask {
                    coroutineScope {
                        launch {
                            try {
                                delay(10.seconds)
                            } finally {
                                throw Broken("cleanup")
                            }
                        }
                    }
                }
            passes(2)
            task.cancel()
            outcomeOf { task.await() } shouldBe "Broken: cleanup"
        }

    @Test
    fun failureOfAChildOnOtherThreadsDuringTheCancellationWins() =
        inVirtualTime {
            val started = CountDownLatch(1)
            val task =
                createTask {
                    withContext(Dispatchers.IO) {
                        try {
                            started.countDown()
                            awaitCancellation()
                        } finally {
                            throw Broken("cleanup")
                        }
                    }
                }
            toThread { started.await() }
            task.cancel()
            outcomeOf { task.await() } shouldBe "Broken: cleanup"
        }

    // As with a task group that failed before its caller was cancelled: the failure now, the cancellation next.
    @Test
    fun cancellationOfATaskWhoseScopeHasFailedAlreadyComesAtTheNextAwait() {
        inVirtualTime {
            val task =
                createTask {
                    events +=
                        outcomeOf {
                            coroutineScope {
                                launch { throw Broken("child") }
                                withContext(NonCancellable) { delay(2.seconds) }
                            }
                        }
                    events += outcomeOf { delay(1.seconds) }
                }
            sleep(1.seconds)
            task.cancel()
            task.await()
        }
        events shouldBe listOf("Broken: child", "CancelledException")
    }

    @Test
    fun coroutineThatATaskLaunchedBesideItIsCancelledWhenTheTaskEnds() {
        inVirtualTime {
            createTask {
                CoroutineScope(currentCoroutineContext()).launch { events += outcomeOf { delay(10.seconds) } }
                delay(1.seconds)
            }.await()
            passes(3)
        }
        events.single().substringBefore(":") shouldBe "JobCancellationException"
    }

    @Test
    fun cancellationOfSomebodyElsesDeferredEndsTheTaskCancelled() =
        inVirtualTime {
            val deferred = CompletableDeferred<Int>()
            val task = createTask { deferred.await() }
            passes(1)
            deferred.cancel()
            shouldThrow<kotlinx.coroutines.CancellationException> {
                task.await()
            }.shouldBeInstanceOf<java.util.concurrent.CancellationException>()
            task.cancelled() shouldBe true
        }

    @Test
    fun emptyFlowDoesNotSwallowACancellation() {
        inVirtualTime {
            val task =
                createTask {
                    emptyFlow<Int>().collect {}
                    events += outcomeOf { delay(1.seconds) }
                }
            task.cancel()
            events += outcomeOf { task.await() }
        }
        events shouldBe listOf("CancelledException")
    }
}
