package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class GatherTest {
    private val events = mutableListOf<String>()

    @Test
    fun resultsComeInTheOrderGivenNotInTheOrderOfCompletion() =
        inVirtualTime {
            val results =
                gather(
                    listOf(3, 1, 2).map { n ->
                        coroutine {
                            sleep(n.seconds)
                            n
                        }
                    },
                ).await()
            results shouldBe listOf(3, 1, 2)
            runningLoop().time() shouldBe 3.seconds
        }

    @Test
    fun nothingToGatherIsDoneAtOnce() =
        inVirtualTime {
            gather(emptyList<Coroutine<Int>>()).result() shouldBe emptyList()
        }

    @Test
    fun awaitableGivenTwiceRunsOnceAndCountsTwice() =
        inVirtualTime {
            val coroutine =
                coroutine {
                    events += "run"
                    1
                }
            gather(coroutine, coroutine).await() shouldBe listOf(1, 1)
            events shouldBe listOf("run")
        }

    @Test
    fun firstFailureIsTheOutcomeAndTheSiblingsKeepRunning() {
        inVirtualTime {
            val sibling =
                createTask {
                    sleep(2.seconds)
                    events += "sibling done"
                }
            val failing =
                createTask {
                    sleep(1.seconds)
                    throw Broken("why")
                }
            events += outcomeOf { gather(sibling, failing).await() }
            sibling.await()
        }
        events shouldBe listOf("Broken: why", "sibling done")
    }

    // test_tasks.py: CoroutineGatherTests.test_exception_marking
    @Test
    fun laterFailureOfASiblingIsNotReported() {
        val log =
            captureLog {
                inVirtualTime {
                    val outer =
                        gather(
                            coroutine { throw Broken("first") },
                            coroutine {
                                passes(1)
                                throw Broken("second")
                            },
                        )
                    events += outcomeOf { outer.await() }
                    passes(3)
                    System.gc()
                }
            }
        events shouldBe listOf("Broken: first")
        log shouldBe emptyList()
    }

    @Test
    fun failuresAreEntriesIfAskedFor() =
        inVirtualTime {
            val failure = Broken("why")
            val results = gather<Any?>(coroutine { 1 }, coroutine { throw failure }, returnExceptions = true).await()
            results[0] shouldBe 1
            results[1] shouldBeSameInstanceAs failure
        }

    // test_tasks.py: FutureGatherTests.test_one_cancellation
    @Test
    fun cancelledChildIsAnExceptionNotACancellationOfTheWhole() =
        inVirtualTime {
            val futures = List(3) { runningLoop().createFuture<Int>() }
            val outer = gather(futures)
            futures[0].setResult(1)
            futures[1].cancel()
            passes(1)
            outer.done() shouldBe true
            outer.cancelled() shouldBe false
            outer.exception().shouldBeInstanceOf<CancelledException>()
        }

    // test_tasks.py: FutureGatherTests.test_result_exception_one_cancellation
    @Test
    fun cancelledChildrenAreEntriesIfExceptionsAre() =
        inVirtualTime {
            val futures = List(3) { runningLoop().createFuture<Any?>() }
            val outer = gather(futures, returnExceptions = true)
            futures[0].setResult(1)
            futures[1].cancel("why")
            passes(1)
            outer.done() shouldBe false
            futures[2].setException(Broken("failed"))
            outer.await().map { outcomeOf { if (it is Throwable) throw it else it } } shouldBe
                listOf("done 1", "CancelledException: why", "Broken: failed")
        }

    // test_tasks.py: test_cancel_gather_1
    @Test
    fun gatherWhoseChildrenAreAllDoneRefusesToBeCancelled() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val outer = gather(coroutine { future.await() })
            passes(1)
            future.addDoneCallback { events += "cancel ${outer.cancel()}, done ${outer.done()}" }
            future.setResult(42)
            events += "${outer.await()}"
        }
        events shouldBe listOf("cancel false, done false", "[42]")
    }

    // test_tasks.py: test_cancel_gather_2
    @Test
    fun cancellationIsThrownEvenIfExceptionsAreEntriesAndKeepsItsMessage() =
        inVirtualTime {
            val task =
                createTask {
                    repeat(
                        20,
                    ) { gather<Any?>(coroutine { sleep(50.milliseconds) }, returnExceptions = true).await() }
                }
            sleep(200.milliseconds)
            task.cancel("my message")
            outcomeOf { task.await() } shouldBe "CancelledException: my message"
        }

    // test_tasks.py: CoroutineGatherTests.test_cancellation_broadcast
    @Test
    fun cancellationReachesEveryChild() =
        inVirtualTime {
            val future = runningLoop().createFuture<Unit>()
            val children = List(2) { createTask { future.await() } }
            val gathered = gather(children)
            val outer = createTask { gathered.await() }
            passes(1)
            outer.cancel() shouldBe true
            outcomeOf { outer.await() } shouldBe "CancelledException"
            gathered.cancel() shouldBe false
            children.map { it.cancelled() } shouldBe listOf(true, true)
            future.cancelled() shouldBe true
        }

    @Test
    fun cancelledGatherEndsWhenTheLastChildHasEnded() {
        inVirtualTime {
            val slow =
                createTask {
                    try {
                        sleep(10.seconds)
                    } finally {
                        sleep(1.seconds)
                        events += "cleaned up"
                    }
                }
            val outer = gather(slow, createTask { sleep(10.seconds) }, returnExceptions = true)
            passes(1)
            outer.cancel()
            events += outcomeOf { outer.await() }
        }
        events shouldBe listOf("cleaned up", "CancelledException")
    }

    @Test
    fun gatherOfGathersHasListsAsResults() =
        inVirtualTime {
            gather(gather(coroutine { 1 }, coroutine { 2 }), gather(coroutine { 3 })).await() shouldBe
                listOf(listOf(1, 2), listOf(3))
        }

    @Test
    fun futuresOfTwoLoopsCannotBeGathered() =
        withLoop { other ->
            inVirtualTime {
                shouldThrow<IllegalArgumentException> {
                    gather(
                        runningLoop().createFuture<Int>(),
                        other.createFuture(),
                    )
                }
            }
        }

    // ---- completed from outside -----------------------------------------------------------------------------------

    @Test
    fun failureFromOutsideStopsTheChildrenAndIsTheOutcomeWhenTheLastHasEnded() {
        val failure = Broken("from outside")
        inVirtualTime {
            val outer = gather(stoppable("quick"), stoppable("slow", cleanup = 2.seconds))
            passes(1)
            events += "${outer.completeExceptionally(failure)}, done ${outer.done()}"
            shouldThrow<Broken> { outer.await() } shouldBeSameInstanceAs failure
            events += "outcome at ${runningLoop().time()}"
        }
        events shouldBe
            listOf(
                "true, done false",
                "quick stopped by Broken: from outside",
                "slow stopped by Broken: from outside",
                "outcome at 2s",
            )
    }

    @Test
    fun valueFromOutsideStopsTheChildrenAndIsTheOutcome() {
        inVirtualTime {
            val outer = gather(stoppable("one"), stoppable("two"))
            passes(1)
            outer.complete(listOf("instead"))
            events += "${outer.await()}"
        }
        events shouldBe listOf("one stopped by null", "two stopped by null", "[instead]")
    }

    @Test
    fun childThatAnswersWithAnExceptionOfItsOwnGoesBeforeWhatComesFromOutside() =
        inVirtualTime {
            val failing =
                createTask<String> {
                    try {
                        sleep(10.seconds)
                        "slept"
                    } catch (_: CancelledException) {
                        throw Broken("in cleanup")
                    }
                }
            val outer = gather(failing, stoppable("other"))
            passes(1)
            outer.completeExceptionally(Broken("from outside"))
            outcomeOf { outer.await() } shouldBe "Broken: in cleanup"
        }

    @Test
    fun failureFromOutsideIsTheOutcomeEvenIfExceptionsAreEntries() =
        inVirtualTime {
            val outer = gather<Any?>(stoppable("one"), coroutine { 1 }, returnExceptions = true)
            passes(1)
            outer.setException(Broken("from outside"))
            outcomeOf { outer.await() } shouldBe "Broken: from outside"
        }

    @Test
    fun firstOfSeveralOutcomesFromOutsideCounts() {
        inVirtualTime {
            val outer = gather(stoppable("one", cleanup = 1.seconds))
            passes(1)
            outer.setResult(listOf("first"))
            events += outcomeOf { outer.setResult(listOf("second")) }.substringBefore(": ")
            events += "${outer.completeExceptionally(Broken())}"
            events += "${outer.await()}"
        }
        events shouldBe listOf("InvalidStateException", "false", "one stopped by null", "[first]")
    }

    @Test
    fun outcomeFromOutsideComesTooLateWhenAllChildrenAreDone() =
        inVirtualTime {
            val child = runningLoop().createFuture<Int>()
            val outer = gather(child)
            child.setResult(1)
            outer.completeExceptionally(Broken()) shouldBe false
            outer.await() shouldBe listOf(1)
        }

    @Test
    fun failureFromOutsideReachesTheChildrenOfAnInnerGather() {
        inVirtualTime {
            val outer = gather(gather(stoppable("one"), stoppable("two")), gather(stoppable("three")))
            passes(1)
            outer.completeExceptionally(Broken("why"))
            events += outcomeOf { outer.await() }
        }
        events shouldBe
            listOf("one", "two", "three").map { "$it stopped by Broken: why" } + "Broken: why"
    }

    // ---- combined -------------------------------------------------------------------------------------------------

    @Test
    fun combinedResultIsThereWhenTheListWouldHaveBeen() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            gather(listOf(future)).addDoneCallback { events += "plain ${it.result()}" }
            gather(listOf(future)) { it.sum() }.addDoneCallback { events += "combined ${it.result()}" }
            future.setResult(1)
            repeat(3) {
                passes(1)
                events += "pass"
            }
        }
        events shouldBe listOf("pass", "plain [1]", "combined 1", "pass", "pass")
    }

    @Test
    fun whatTheCombinerThrowsIsTheOutcome() =
        inVirtualTime {
            val combined = gather(listOf(coroutine { 1 })) { throw Broken("combiner") }
            outcomeOf { combined.await() } shouldBe "Broken: combiner"
        }

    @Test
    fun combinerRunsInACopyOfTheContextOfTheCall() =
        inVirtualTime {
            val user = ContextVar("user", "nobody")
            user.set("ada")
            val combined =
                gather(listOf(coroutine { sleep(1.seconds) })) {
                    user.get().also { user.set("eve") }
                }
            combined.await() shouldBe "ada"
            user.get() shouldBe "ada"
        }

    /** Works for ever, tells what stopped it, and then cleans up. */
    private fun stoppable(
        name: String,
        cleanup: Duration = Duration.ZERO,
    ): Coroutine<String> =
        coroutine(name) {
            try {
                runningLoop().createFuture<String>().await()
            } catch (e: CancelledException) {
                sleep(cleanup)
                events += "$name stopped by ${e.cause?.let { "${it::class.simpleName}: ${it.message}" }}"
                throw e
            }
        }
}
