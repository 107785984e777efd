package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.seconds

/** A future and a task as a [CompletableFuture]; the other thread is one of the pool, so that virtual time waits. */
class FutureAsCompletableFutureTest {
    private val events = mutableListOf<String>()

    @Test
    fun dependentsRunInTheNextPassAndNotInsideTheCallThatCompletes() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.thenApply { events += "dependent $it" }
            future.setResult(1)
            events += "set"
            passes(1)
            events += "next pass"
        }
        events shouldBe listOf("set", "dependent 1", "next pass")
    }

    @Test
    fun dependentsRunOnTheLoopThreadEvenIfAnotherThreadCompletes() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.thenAccept { events += Thread.currentThread().name }
            toThread { future.complete(1) }
            future.await()
            passes(1)
        }
        events shouldBe listOf(Thread.currentThread().name)
    }

    @Test
    fun dependentIsAPlainFutureThatTheLoopThreadMayJoin() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val dependent = future.thenApply { it + 1 }
            dependent.javaClass shouldBe CompletableFuture::class.java
            future.setResult(1)
            passes(1)
            dependent.join() shouldBe 2
        }

    @Test
    fun allOfWaitsForTasksAndFutures() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val task = createTask { sleep(1.seconds) }
            val all = CompletableFuture.allOf(future, task)
            runningLoop().callLater(2.seconds) { future.setResult(1) }
            all.await()
            runningLoop().time() shouldBe 2.seconds
        }

    @Test
    fun completionByAnotherThreadWakesTheAwaitingTask() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            toThread { future.complete(42) } shouldBe true
            future.await() shouldBe 42
        }

    @Test
    fun failureByAnotherThreadReachesTheAwaitingTask() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val failure = Broken()
            toThread { future.completeExceptionally(failure) }
            shouldThrow<Broken> { future.await() } shouldBeSameInstanceAs failure
        }

    @Test
    fun cancellationByAnotherThreadTakesEffectInTheNextPass() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            toThread { future.cancel(true) }
            passes(1)
            events += "$future"
        }
        events shouldBe listOf("Future(cancelled)")
    }

    @Test
    fun ofTwoThreadsThatCompleteTheFirstWins() =
        inVirtualTime {
            val future = runningLoop().createFuture<String>()
            val answers = toThread { listOf(future.complete("first"), future.complete("second"), future.cancel()) }
            answers shouldBe listOf(true, false, false)
            future.await() shouldBe "first"
        }

    @Test
    fun completeOnTheLoopThreadTakesEffectAtOnce() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.complete(1) shouldBe true
            future.result() shouldBe 1
            future.complete(2) shouldBe false
        }

    @Test
    fun otherThreadJoinsTheResultOfATask() =
        inVirtualTime {
            val release = runningLoop().createFuture<Unit>()
            val task =
                createTask {
                    release.await()
                    42
                }
            val joined = createTask { toThread { task.join() } }
            passes(3)
            release.setResult(Unit)
            joined.await() shouldBe 42
        }

    @Test
    fun otherThreadGetsTheFailureWrapped() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val failure = Broken()
            future.setException(failure)
            toThread { shouldThrow<ExecutionException> { future.get() }.cause } shouldBeSameInstanceAs failure
            toThread { shouldThrow<CompletionException> { future.join() }.cause } shouldBeSameInstanceAs failure
        }

    @Test
    fun joinOnTheLoopThreadThrowsAndNamesAwait() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            shouldThrow<IllegalStateException> { future.join() }.message shouldContain "Write await() instead"
            shouldThrow<IllegalStateException> { future.get() }.message shouldContain "Write await() instead"
            shouldThrow<IllegalStateException> { future.get(1, TimeUnit.DAYS) }.message shouldContain "await()"
        }

    @Test
    fun joinOnTheLoopThreadReturnsWhatIsDone() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.getNow(0) shouldBe 0
            future.setResult(42)
            listOf(future.join(), future.get(), future.getNow(0)) shouldBe listOf(42, 42, 42)
        }

    @Test
    fun orTimeoutFailsAFuture() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.orTimeout(1, TimeUnit.MILLISECONDS)
            toThread { shouldThrow<CompletionException> { future.join() } }
            shouldThrow<java.util.concurrent.TimeoutException> { future.await() }
        }

    @Test
    fun orTimeoutStopsATaskWhichThenFailsWithTheTimeout() {
        inVirtualTime {
            val started = CountDownLatch(1)
            val task =
                createTask<Unit> {
                    started.countDown()
                    try {
                        runningLoop().createFuture<Unit>().await()
                    } finally {
                        events += "cleanup"
                    }
                }
            passes(1)
            task.orTimeout(1, TimeUnit.MILLISECONDS)
            toThread { outcomeOf { task.join() } }
            shouldThrow<java.util.concurrent.TimeoutException> { task.await() }
        }
        events shouldBe listOf("cleanup")
    }

    @Test
    fun orTimeoutStopsWhatWasGathered() {
        inVirtualTime {
            val outer = gather(neverEnding("one"), neverEnding("two"))
            passes(1)
            outer.orTimeout(1, TimeUnit.MILLISECONDS)
            toThread { outcomeOf { outer.join() } }
            shouldThrow<java.util.concurrent.TimeoutException> { outer.await() }
            events += "outcome"
        }
        events shouldBe listOf("one stopped", "two stopped", "outcome")
    }

    @Test
    fun completeOnTimeoutStopsWhatWasGathered() {
        inVirtualTime {
            val outer = gather(neverEnding("one"))
            passes(1)
            outer.completeOnTimeout(listOf("cached"), 1, TimeUnit.MILLISECONDS)
            events += toThread { "${outer.join()}" }
        }
        events shouldBe listOf("one stopped", "[cached]")
    }

    @Test
    fun otherThreadMayCancelWhatWasGatheredAgain() {
        inVirtualTime {
            val stubborn =
                createTask {
                    repeat(2) {
                        try {
                            runningLoop().createFuture<Unit>().await()
                        } catch (_: CancelledException) {
                            events += "asked to stop"
                        }
                    }
                }
            val outer = gather(stubborn)
            passes(1)
            repeat(2) {
                toThread { outer.cancel(true) } shouldBe true
                passes(2)
            }
            events += outcomeOf { outer.await() }
        }
        events shouldBe listOf("asked to stop", "asked to stop", "CancelledException")
    }

    @Test
    fun completeOnTimeoutGivesAFutureItsValue() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.completeOnTimeout(42, 1, TimeUnit.MILLISECONDS)
            toThread { future.join() } shouldBe 42
        }

    @Test
    fun completeAsyncRunsTheSupplierElsewhere() =
        inVirtualTime {
            val future = runningLoop().createFuture<String>()
            val name = toThread { future.completeAsync { Thread.currentThread().name }.join() }
            (name == Thread.currentThread().name) shouldBe false
            future.await() shouldBe name
        }

    @Test
    fun taskRefusesAResultFromOutside() =
        inVirtualTime {
            val task = createTask { 1 }
            val refusals =
                listOf(
                    outcomeOf { task.setResult(2) },
                    outcomeOf { task.setException(Broken()) },
                    outcomeOf { task.complete(2) },
                    outcomeOf { task.completeAsync { 2 } },
                    outcomeOf { task.completeOnTimeout(2, 1, TimeUnit.DAYS) },
                )
            refusals.map { it.substringBefore(": ") }.distinct() shouldBe listOf("UnsupportedOperationException")
            task.await() shouldBe 1
        }

    @Test
    fun completeExceptionallyStopsATaskAndBecomesItsOutcome() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            passes(1)
            val failure = Broken()
            task.completeExceptionally(failure) shouldBe true
            shouldThrow<Broken> { task.await() } shouldBeSameInstanceAs failure
            task.cancelled() shouldBe false
        }

    @Test
    fun taskThatIsToFailMayStillAnswerWithAValue() =
        inVirtualTime {
            val task =
                createTask {
                    try {
                        sleep(10.seconds)
                        "slept"
                    } catch (e: CancelledException) {
                        "stopped by ${e.cause?.message}"
                    }
                }
            passes(1)
            task.completeExceptionally(Broken("why"))
            task.await() shouldBe "stopped by why"
        }

    @Test
    fun otherThreadCancelsATask() =
        inVirtualTime {
            val task = createTask { sleep(10.seconds) }
            passes(1)
            toThread { task.cancel(true) } shouldBe true
            outcomeOf { task.await() } shouldBe "CancelledException"
        }

    @Test
    fun failureOfAFutureReachesTheTaskThatAwaitsIt() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val task = createTask { future.await() }
            passes(1)
            toThread { future.completeExceptionally(Broken("why")) }
            outcomeOf { task.await() } shouldBe "Broken: why"
        }

    @Test
    fun resultsCannotBeOverwritten() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            shouldThrow<UnsupportedOperationException> { future.obtrudeValue(1) }
            shouldThrow<UnsupportedOperationException> { future.obtrudeException(Broken()) }
            future.done() shouldBe false
        }

    @Test
    fun statesAreThoseOfACompletableFuture() {
        inVirtualTime {
            val loop = runningLoop()
            val futures = List(4) { loop.createFuture<Int>() }
            futures[1].setResult(1)
            futures[2].setException(Broken())
            futures[3].cancel()
            futures.forEach { events += "${it.isDone} ${it.isCancelled} ${it.isCompletedExceptionally}" }
            futures[2].exception()
        }
        events shouldBe listOf("false false false", "true false false", "true false true", "true true true")
    }

    private fun neverEnding(name: String): Coroutine<String> =
        coroutine(name) {
            try {
                runningLoop().createFuture<String>().await()
            } finally {
                events += "$name stopped"
            }
        }
}
