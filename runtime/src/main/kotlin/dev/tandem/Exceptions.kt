package dev.tandem

import kotlinx.coroutines.CopyableThrowable
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.TimeoutCancellationException
import java.util.concurrent.CancellationException

/**
 * Thrown at the `await` where a cancelled task stands, and by whoever asks a cancelled future for its result.
 *
 * It can be caught; the task then goes on (see `docs/semantics.md`, Cancellation). As a [CancellationException] it is
 * what kotlinx.coroutines and `CompletableFuture` take for a cancellation, too. It carries no stack trace of its own:
 * it says that somebody wanted the work to stop, not that something went wrong here.
 *
 * **Python.** `asyncio.CancelledError`. Differs from asyncio: `catch (e: Exception)` catches it, since the JVM has no
 * class beside `Exception` for it; rethrow it, or use a narrower type.
 */
@OptIn(ExperimentalCoroutinesApi::class)
public class CancelledException
    @JvmOverloads
    constructor(
        message: String? = null,
        cause: Throwable? = null,
    ) : CancellationException(message),
        CopyableThrowable<CancelledException> {
        init {
            if (cause != null) initCause(cause)
        }

        /** Keeps this very instance wherever kotlinx.coroutines would copy an exception to recover a stack trace. */
        override fun createCopy(): CancelledException? = null

        override fun fillInStackTrace(): Throwable = this
    }

/**
 * Thrown when a time limit passed: by [waitFor], [timeout] and the functions that take one. Never a cancellation.
 *
 * **Python.** `TimeoutError`.
 */
public class TimeoutException
    @JvmOverloads
    constructor(
        message: String? = null,
        cause: Throwable? = null,
    ) : RuntimeException(message, cause)

/**
 * Thrown when a future is asked for what its state does not hold: the result of one that is not done, a second result.
 *
 * **Python.** `asyncio.InvalidStateError`.
 */
public class InvalidStateException(
    message: String,
) : IllegalStateException(message)

/** Thrown by [Queue.getNoWait] on an empty queue. **Python.** `asyncio.QueueEmpty`. */
public class QueueEmptyException(
    message: String,
) : RuntimeException(message)

/** Thrown by [Queue.putNoWait] on a full queue. **Python.** `asyncio.QueueFull`. */
public class QueueFullException(
    message: String,
) : RuntimeException(message)

/** Thrown by a queue that [Queue.shutdown] closed. **Python.** `asyncio.QueueShutDown`. */
public class QueueShutDownException(
    message: String,
) : RuntimeException(message)

/** Thrown by [Barrier.await] when the barrier was reset or aborted. **Python.** `asyncio.BrokenBarrierError`. */
public class BrokenBarrierException(
    message: String,
) : RuntimeException(message)

/**
 * Thrown by [runLoop] and [Runner.run] when Ctrl-C was pressed and the main task let the cancellation end it.
 *
 * **Python.** `KeyboardInterrupt`.
 */
public class KeyboardInterruptException(
    message: String,
    cause: Throwable? = null,
) : RuntimeException(message, cause)

/**
 * Whether [this] means that the JVM itself is in trouble. Such an error is kept in the task it ended and also leaves
 * the loop, as `SystemExit` and `KeyboardInterrupt` do in asyncio.
 */
internal fun Throwable.isFatal(): Boolean = this is VirtualMachineError && this !is StackOverflowError

/**
 * Whether [this] says that somebody cancelled the work. kotlinx's own time limit is a CancellationException, too, but
 * nobody cancelled anything: it is an error.
 */
internal fun Throwable?.isCancellation(): Boolean =
    this is CancellationException && this !is TimeoutCancellationException
