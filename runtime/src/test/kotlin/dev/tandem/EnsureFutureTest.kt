package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture

/** Futures made of something else: [ensureFuture] and [wrapFuture]. */
class EnsureFutureTest {
    @Test
    fun futureIsReturnedAsItIs() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            ensureFuture(future) shouldBeSameInstanceAs future
            future.cancel()
        }

    @Test
    fun coroutineBecomesATask() =
        inVirtualTime {
            val task = ensureFuture(coroutine { 42 })
            task.shouldBeInstanceOf<Task<Int>>()
            task.await() shouldBe 42
        }

    @Test
    fun futureOfAnotherLoopIsRefused() =
        withLoop { other ->
            val foreign = other.createFuture<Int>()
            inVirtualTime {
                shouldThrow<IllegalArgumentException> { ensureFuture(foreign) }.message shouldContain "another loop"
            }
        }

    @Test
    fun wrapperOfAFutureOfThisLoopIsTheFuture() =
        inVirtualTime {
            val future = runningLoop().createFuture<Int>()
            wrapFuture(future) shouldBeSameInstanceAs future
            future.cancel()
        }

    @Test
    fun wrapperTakesOverAResultFromAnotherThread() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val wrapper = wrapFuture(source)
            toThread { source.complete(42) }
            wrapper.await() shouldBe 42
        }

    @Test
    fun wrapperTakesTheCauseOutOfACompletionException() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val dependent = source.thenApply { it + 1 }
            val failure = Broken()
            source.completeExceptionally(failure)
            shouldThrow<Broken> { wrapFuture(dependent).await() } shouldBeSameInstanceAs failure
        }

    @Test
    fun cancelledWrapperCancelsTheSource() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            wrapFuture(source).cancel()
            passes(1)
            source.isCancelled shouldBe true
        }

    @Test
    fun cancelledSourceCancelsTheWrapper() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val wrapper = wrapFuture(source)
            source.cancel(false)
            outcomeOf { wrapper.await() } shouldBe "CancelledException"
        }

    // test_futures.py: test_wrap_future_cancel2
    @Test
    fun cancellationAfterTheSourceIsDoneLeavesTheSourceAlone() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val wrapper = wrapFuture(source)
            toThread { source.complete(42) }
            wrapper.cancel()
            passes(2)
            source.get() shouldBe 42
        }

    @Test
    fun completionStageCanBeAwaited() =
        inVirtualTime {
            CompletableFuture.completedStage(42).await() shouldBe 42
        }

    @Test
    fun taskThatAwaitsACompletableFutureCancelsItWhenItIsCancelled() =
        inVirtualTime {
            val source = CompletableFuture<Int>()
            val task = createTask { source.await() }
            passes(1)
            task.cancel()
            outcomeOf { task.await() } shouldBe "CancelledException"
            source.isCancelled shouldBe true
        }
}
