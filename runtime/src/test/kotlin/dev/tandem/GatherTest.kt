package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
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
}
