package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage

/**
 * Returns [awaitable] itself if it is a future, or else a new task of [loop] that runs the coroutine.
 *
 * **Python.** `asyncio.ensure_future`.
 *
 * @throws IllegalArgumentException if the future belongs to another loop.
 */
public fun <T> ensureFuture(
    awaitable: Awaitable<T>,
    loop: EventLoop = runningLoop(),
): Future<T> =
    when (awaitable) {
        is Coroutine<T> -> loop.createTask(awaitable)
        is Future<T> -> {
            require(awaitable.loop === loop) {
                "$awaitable belongs to another loop than the one it is used on. Hand the work over with " +
                    "runCoroutineThreadsafe, or let the other loop complete a future of this one."
            }
            awaitable
        }
    }

/**
 * Returns a future of [loop] that takes over the outcome of [stage], whichever thread completes it. A future of this
 * loop is returned as it is.
 *
 * **Cancellation.** Cancelling the future cancels [stage], if it is a `CompletableFuture`; completing it from outside
 * (`orTimeout`, [Future.completeExceptionally]) stops [stage], too. **Python.** `asyncio.wrap_future`.
 */
public fun <T> wrapFuture(
    stage: CompletionStage<T>,
    loop: EventLoop = runningLoop(),
): Future<T> {
    val owner = loop as SingleThreadLoop
    if (stage is Future<T> && stage.owner === owner) return stage
    val future = Future<T>(owner)
    var stageEnded = false
    stage.whenComplete { value, failure ->
        owner.runOrHandOver {
            stageEnded = true
            when (failure) {
                null -> future.finish(value)
                is CancellationException -> future.cancel(failure.message)
                is CompletionException -> future.fail(failure.cause ?: failure)
                else -> future.fail(failure)
            }
        }
    }
    owner.runOrHandOver {
        owner.foreignStages++
        future.whenDone {
            owner.foreignStages--
            if (!stageEnded) stop(stage.toCompletableFuture(), future.failureOrNull())
        }
    }
    return future
}

/** Nobody waits for [stage] any more: somebody has cancelled or completed the future that stands for it. */
private fun stop(
    stage: CompletableFuture<*>,
    cause: Throwable?,
) {
    if (cause == null) stage.cancel(true) else stage.completeExceptionally(cause)
}

/** Waits for [this] as for a future of the loop, see [wrapFuture]. */
public suspend fun <T> CompletionStage<T>.await(): T = wrapFuture(this).await()
