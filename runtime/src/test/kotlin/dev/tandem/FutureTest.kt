package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeSameInstanceAs
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import org.junit.jupiter.api.Test

class FutureTest {
    private val events = mutableListOf<String>()

    @Test
    fun pendingFutureHasNeitherResultNorException() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.done() shouldBe false
            shouldThrow<InvalidStateException> { future.result() }.message shouldContain "not done yet"
            shouldThrow<InvalidStateException> { future.exception() }
        }

    @Test
    fun resultMakesItDone() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.setResult(42)
            future.done() shouldBe true
            future.result() shouldBe 42
            future.exception() shouldBe null
        }

    @Test
    fun nullIsAResult() =
        inVirtualTime {
            val future = runningLoop().createFuture<String?>()
            future.setResult(null)
            future.await() shouldBe null
        }

    @Test
    fun everyReaderGetsTheExceptionItself() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val failure = Broken()
            future.setException(failure)
            future.exception() shouldBeSameInstanceAs failure
            shouldThrow<Broken> { future.result() } shouldBeSameInstanceAs failure
            shouldThrow<Broken> { future.await() } shouldBeSameInstanceAs failure
        }

    @Test
    fun secondCompletionIsRefused() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.setResult(1)
            shouldThrow<InvalidStateException> { future.setResult(2) }.message shouldContain "done already"
            shouldThrow<InvalidStateException> { future.setException(Broken()) }
            future.result() shouldBe 1
        }

    @Test
    fun producerThatComesAfterACancellationIsRefused() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.cancel()
            shouldThrow<InvalidStateException> { future.setResult(1) }
        }

    @Test
    fun cancelTakesEffectAtOnceAndOnlyOnce() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.cancel() shouldBe true
            future.cancelled() shouldBe true
            future.cancel() shouldBe false
        }

    @Test
    fun cancelOfADoneFutureChangesNothing() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.setResult(1)
            future.cancel() shouldBe false
            future.result() shouldBe 1
        }

    @Test
    fun cancelledFutureThrowsForResultAndForException() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.cancel("why")
            shouldThrow<CancelledException> { future.result() }.message shouldBe "why"
            shouldThrow<CancelledException> { future.exception() }.message shouldBe "why"
        }

    @Test
    fun everyReaderOfACancellationGetsOneOfItsOwn() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.cancel()
            val first = shouldThrow<CancelledException> { future.result() }
            shouldThrow<CancelledException> { future.result() } shouldNotBeSameInstanceAs first
        }

    @Test
    fun awaitingADoneFutureGivesNobodyElseATurn() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.setResult(1)
            runningLoop().callSoon { events += "other" }
            future.await()
            events += "awaited"
            passes(1)
        }
        events shouldBe listOf("awaited", "other")
    }

    @Test
    fun waitersGoOnInTheOrderInWhichTheyCame() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val waiters = listOf("a", "b", "c").map { name -> createTask { events += "$name ${future.await()}" } }
            passes(1)
            future.setResult(1)
            events += "set"
            gather(waiters).await()
        }
        events shouldBe listOf("set", "a 1", "b 1", "c 1")
    }

    // test_futures.py: test_callbacks_invoked_on_set_result
    @Test
    fun callbacksRunInTheNextPassInTheirOrder() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.addDoneCallback { events += "first" }
            future.addDoneCallback { events += "second" }
            future.setResult(1)
            events += "set"
            passes(1)
        }
        events shouldBe listOf("set", "first", "second")
    }

    @Test
    fun callbackOfADoneFutureRunsInTheNextPassToo() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.setResult(1)
            future.addDoneCallback { events += "callback" }
            events += "added"
            passes(1)
        }
        events shouldBe listOf("added", "callback")
    }

    @Test
    fun callbacksRunForCancellationAndFailureToo() {
        inVirtualTime {
            val cancelled = runningLoop().createFuture<Int>()
            val failed = runningLoop().createFuture<Int>()
            cancelled.addDoneCallback { events += "cancelled ${it.cancelled()}" }
            failed.addDoneCallback { events += "failed ${it.exception()?.message}" }
            cancelled.cancel()
            failed.setException(Broken("why"))
            passes(1)
        }
        events shouldBe listOf("cancelled true", "failed why")
    }

    @Test
    fun callbackAndWaiterShareOneQueue() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            future.addDoneCallback { events += "callback before" }
            val waiter =
                createTask {
                    future.await()
                    events += "waiter"
                }
            passes(1)
            future.addDoneCallback { events += "callback after" }
            future.setResult(1)
            waiter.await()
        }
        events shouldBe listOf("callback before", "waiter", "callback after")
    }

    @Test
    fun callbackRunsInTheContextOfItsRegistrationOrTheGivenOne() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val given = Context().apply { run { color.set("given") } }
            color.set("red")
            future.addDoneCallback { events += color.get() }
            future.addDoneCallback(given) { events += color.get() }
            color.set("blue")
            future.setResult(1)
            passes(1)
        }
        events shouldBe listOf("red", "given")
    }

    // test_futures.py: test_remove_done_callback
    @Test
    fun removalTakesAwayEveryRegistrationOfACallback() {
        inVirtualTime {
            val future = runningLoop().createFuture<String>()
            val first = DoneCallback<String> { events += "first" }
            val second = DoneCallback<String> { events += "second" }
            repeat(6) { future.addDoneCallback(first) }
            future.addDoneCallback(second)
            events += "removed ${future.removeDoneCallback(first)} and ${future.removeDoneCallback {}}"
            future.setResult("x")
            passes(1)
        }
        events shouldBe listOf("removed 6 and 0", "second")
    }

    // test_futures.py: test_schedule_callbacks_list_mutation_1
    @Test
    fun callbackThatRemovesOthersWhichAreScheduledRemovesNone() {
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            val other = DoneCallback<Int> { events += "other" }
            future.addDoneCallback { events += "removed ${it.removeDoneCallback(other)}" }
            future.addDoneCallback(other)
            future.addDoneCallback(other)
            future.setResult(1)
            passes(1)
        }
        events shouldBe listOf("removed 0", "other", "other")
    }

    @Test
    fun taskThatAwaitsAFutureOfAnotherLoopFails() =
        withLoop { other ->
            val foreign = other.createFuture<Int>()
            inVirtualTime { outcomeOf { foreign.await() } shouldContain "belongs to another loop" }
        }

    @Test
    fun futureShowsItsState() =
        inVirtualTime {
            val loop = runningLoop()
            events += loop.createFuture<Int>().toString()
            events += loop.createFuture<Int>().apply { setResult(1) }.toString()
            events += loop.createFuture<Int>().apply { cancel() }.toString()
            val failed = loop.createFuture<Int>().apply { setException(Broken("why")) }
            events += failed.toString()
            failed.exception()
            events shouldBe
                listOf(
                    "Future(pending)",
                    "Future(result=1)",
                    "Future(cancelled)",
                    "Future(failed: dev.tandem.Broken: why)",
                )
        }
}
