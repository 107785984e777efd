package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import kotlinx.coroutines.CoroutineDispatcher
import java.nio.channels.SelectableChannel
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import kotlin.time.Duration
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

/**
 * Returns a new loop that nobody runs yet; the caller closes it.
 *
 * Applications rarely need one: [runLoop] and [Runner] make, run and close theirs.
 *
 * **Python.** `asyncio.new_event_loop()`. With [debug], the loop checks and reports what costs too much to check
 * always (see `docs/semantics.md`, Debug mode); the default is the system property `tandem.debug`.
 */
@JvmOverloads
public fun newEventLoop(
    clock: Clock = SystemClock,
    debug: Boolean = java.lang.Boolean.getBoolean("tandem.debug"),
): EventLoop = SingleThreadLoop(clock, debug)

/**
 * Returns the loop that runs the calling code.
 *
 * **Python.** `asyncio.get_running_loop()`.
 *
 * @throws IllegalStateException on a thread that no loop runs on.
 */
public fun runningLoop(): EventLoop = SingleThreadLoop.running()

/** Returns the loop that runs the calling code, or null. */
public fun runningLoopOrNull(): EventLoop? = SingleThreadLoop.runningOrNull()

/**
 * One thread that runs tasks and callbacks, one at a time.
 *
 * A pass of the loop takes over what other threads handed in, waits until there is something to do, and then runs
 * exactly what is ready at that point, in the order in which it became ready; what becomes ready meanwhile waits for
 * the next pass. Timers that are due come after what was ready before them, by time, then in the order they were set.
 *
 * The loop is a [CoroutineDispatcher], so kotlinx.coroutines code runs on it with `withContext(loop)` or
 * `launch(loop)`, and its `delay` uses the loop's clock.
 *
 * **Threading.** Loop thread only, except where a member says otherwise. Before the loop runs, the thread that made it
 * may use it.
 * **Python.** `asyncio.AbstractEventLoop`.
 */
public abstract class EventLoop internal constructor() : CoroutineDispatcher() {
    /** Whether the loop is running now. Any thread. */
    public abstract val isRunning: Boolean

    /** Whether [close] was called. Any thread. */
    public abstract val isClosed: Boolean

    /** Whether the loop checks for mistakes that cost time to find; see [newEventLoop]. */
    public abstract var debug: Boolean

    /** How long a callback or a task's step may take before debug mode reports it; 100 ms at first. */
    public abstract var slowCallbackDuration: Duration

    /** Returns the loop's time: monotonic, from an arbitrary start. Any thread. */
    public abstract fun time(): Duration

    /** The [time] that Java code gets, where this function is called `time`. Any thread. */
    @JvmName("time")
    public fun javaTime(): JavaDuration = time().toJavaDuration()

    /** The [slowCallbackDuration] that Java code gets. */
    public fun getSlowCallbackDuration(): JavaDuration = slowCallbackDuration.toJavaDuration()

    /** Sets the [slowCallbackDuration], for Java code. */
    public fun setSlowCallbackDuration(limit: JavaDuration) {
        slowCallbackDuration = limit.toKotlinDuration()
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /**
     * Calls [callback] in the next pass, once, in [context] (null: a copy of the current one).
     *
     * What it throws goes to the exception handler, and the loop goes on. **Python.** `loop.call_soon`.
     *
     * @throws IllegalStateException if the loop is closed, or this is not its thread.
     */
    public abstract fun callSoon(
        context: Context?,
        callback: Runnable,
    ): Handle

    /** Calls [callback] in the next pass, in a copy of the current context. */
    public fun callSoon(callback: Runnable): Handle = callSoon(null, callback)

    /**
     * [callSoon] for other threads: hands [callback] over and wakes the loop if it sleeps. Any thread.
     *
     * **Python.** `loop.call_soon_threadsafe`.
     *
     * @throws IllegalStateException if the loop is closed.
     */
    public abstract fun callSoonThreadsafe(
        context: Context?,
        callback: Runnable,
    ): Handle

    /** Hands [callback] over to the loop's next pass, in a copy of the calling thread's context. Any thread. */
    public fun callSoonThreadsafe(callback: Runnable): Handle = callSoonThreadsafe(null, callback)

    /**
     * Calls [callback] after [delay]; zero or less means as soon as what is ready now has run.
     *
     * **Python.** `loop.call_later`.
     */
    public fun callLater(
        delay: Duration,
        context: Context? = null,
        callback: Runnable,
    ): TimerHandle = callAt(time() + delay, context, callback)

    /** Calls [callback] when [time] reaches [when]. **Python.** `loop.call_at`. */
    public abstract fun callAt(
        `when`: Duration,
        context: Context? = null,
        callback: Runnable,
    ): TimerHandle

    /** Calls [callback] after [delay]; for Java code. */
    @JvmOverloads
    public fun callLater(
        delay: JavaDuration,
        context: Context? = null,
        callback: Runnable,
    ): TimerHandle = callLater(delay.toKotlinDuration(), context, callback)

    /** Calls [callback] when [time] reaches [when]; for Java code. */
    @JvmOverloads
    public fun callAt(
        `when`: JavaDuration,
        context: Context? = null,
        callback: Runnable,
    ): TimerHandle = callAt(`when`.toKotlinDuration(), context, callback)

    // ---- futures and tasks ----------------------------------------------------------------------------------------

    /** Returns a new pending future of this loop. Any thread. **Python.** `loop.create_future`. */
    public abstract fun <T> createFuture(): Future<T>

    /**
     * Returns a task that runs [coroutine] on this loop, also before the loop runs.
     *
     * **Python.** `loop.create_task`; the parameters are those of [dev.tandem.createTask].
     */
    public abstract fun <T> createTask(
        coroutine: Coroutine<T>,
        name: String? = null,
        context: Context? = null,
        eagerStart: Boolean? = null,
    ): Task<T>

    /** Returns a task that runs [body] on this loop; see [dev.tandem.createTask]. */
    public fun <T> createTask(
        name: String? = null,
        context: Context? = null,
        eagerStart: Boolean? = null,
        body: suspend () -> T,
    ): Task<T> = createTask(Coroutine(name, body), name, context, eagerStart)

    /** Who makes the tasks of [createTask] from now on; null for the ordinary way. **Python.** `set_task_factory`. */
    public abstract var taskFactory: TaskFactory?

    // ---- running --------------------------------------------------------------------------------------------------

    /**
     * Runs the loop on this thread until [stop]. **Python.** `loop.run_forever`.
     *
     * @throws IllegalStateException if this loop runs already, or another one on this thread, or if it is closed.
     */
    public abstract fun runForever()

    /**
     * Runs the loop on this thread until [awaitable] is done, and returns its result or throws its exception. The pass
     * in which that is noticed is run to its end. **Python.** `loop.run_until_complete`.
     *
     * @throws IllegalStateException as [runForever] does, or if [stop] ended the run before.
     */
    public abstract fun <T> runUntilComplete(awaitable: Awaitable<T>): T

    /** Ends the run when the current pass is over; before a run, lets it make one pass. **Python.** `loop.stop`. */
    public abstract fun stop()

    /**
     * Drops what is scheduled and releases the selector; a second call does nothing. Tasks that are not done stay as
     * they are: [Runner] cancels them first. **Python.** `loop.close`.
     *
     * @throws IllegalStateException if the loop is running.
     */
    public abstract fun close()

    /**
     * Fails unless the calling thread may use what belongs to this loop: the one that it runs on, or ran on last. For
     * libraries whose objects live on one loop; costs one comparison. Does nothing once the loop is closed.
     *
     * **Python.** `loop._check_thread`, which asyncio calls in debug mode only.
     *
     * @param call what the exception names
     * @throws IllegalStateException on another thread.
     */
    public abstract fun checkThread(call: String)

    // ---- channels -------------------------------------------------------------------------------------------------

    /**
     * Calls [callback] whenever [channel] can be read (accepted, connected), until [removeReader].
     *
     * A new callback replaces the old one. **Python.** `loop.add_reader`.
     *
     * @throws IllegalArgumentException if [channel] is in blocking mode.
     */
    public abstract fun addReader(
        channel: SelectableChannel,
        callback: Runnable,
    )

    /** Ends [addReader]; returns false if there was no such callback. **Python.** `loop.remove_reader`. */
    public abstract fun removeReader(channel: SelectableChannel): Boolean

    /** Calls [callback] whenever [channel] can be written or has connected, until [removeWriter]. */
    public abstract fun addWriter(
        channel: SelectableChannel,
        callback: Runnable,
    )

    /** Ends [addWriter]; returns false if there was no such callback. **Python.** `loop.remove_writer`. */
    public abstract fun removeWriter(channel: SelectableChannel): Boolean

    /**
     * Waits until [channel] can be read or accept a connection. The waiting task runs in the very pass in which the
     * readiness is noticed. One waiter at a time.
     *
     * **Cancellation.** Leaves nothing behind; the channel is as before.
     *
     * @throws java.nio.channels.ClosedChannelException if the channel is closed, also meanwhile ([channelClosed]).
     * @throws IllegalStateException if somebody waits for the same already.
     */
    public abstract suspend fun awaitReadable(channel: SelectableChannel)

    /** Waits until [channel] can be written or has connected; otherwise as [awaitReadable]. */
    public abstract suspend fun awaitWritable(channel: SelectableChannel)

    /**
     * Tells the loop that [channel] was closed: whoever waits for it gets a `ClosedChannelException`, and its key is
     * gone after the next pass. To be called after each `close()` of a channel that this loop has watched.
     */
    public abstract fun channelClosed(channel: SelectableChannel)

    // ---- signals --------------------------------------------------------------------------------------------------

    /**
     * Calls [callback] on the loop for each [signal] of the operating system (`"TERM"`, `"HUP"`), until
     * [removeSignalHandler]. A new callback replaces the old one. **Python.** `loop.add_signal_handler`.
     *
     * @throws IllegalArgumentException if there is no such signal, or the JVM keeps it for itself.
     */
    public abstract fun addSignalHandler(
        signal: String,
        callback: Runnable,
    )

    /** Restores what was there before [addSignalHandler]; returns false if there was no callback. */
    public abstract fun removeSignalHandler(signal: String): Boolean

    /**
     * Returns what [make] made for this loop, its one object of class [type]: made at the first call, closed with the
     * loop. For libraries that keep something for each loop, such as buffers or a list of open connections.
     */
    public abstract fun <A : AutoCloseable> attachment(
        type: Class<A>,
        make: () -> A,
    ): A

    // ---- errors ---------------------------------------------------------------------------------------------------

    /** Who is told of exceptions that nobody else can see; null for the ordinary handler, which logs them. */
    public abstract var exceptionHandler: ExceptionHandler?

    /**
     * Reports [context] to the exception handler. A handler that fails is replaced by the ordinary one for this call.
     *
     * **Python.** `loop.call_exception_handler`.
     */
    public abstract fun callExceptionHandler(context: ExceptionContext)

    // ---- threads --------------------------------------------------------------------------------------------------

    /**
     * Runs [work] on [executor] (null: the loop's own pool of daemon threads) and returns a future for its result.
     * Cancelling the future interrupts the thread that the work runs on. Any thread.
     *
     * **Python.** `loop.run_in_executor`; the context is not passed on, [toThread] does that.
     */
    public abstract fun <T> runInExecutor(
        executor: ExecutorService?,
        work: Callable<T>,
    ): Future<T>

    /** Replaces the pool that [runInExecutor] uses by default. **Python.** `loop.set_default_executor`. */
    public abstract fun setDefaultExecutor(executor: ExecutorService)

    /**
     * Closes the default executor and waits until its threads have ended, for at most [timeout] (null: no limit).
     * Afterwards [runInExecutor] needs an executor of its own. **Python.** `loop.shutdown_default_executor`.
     */
    public abstract suspend fun shutdownDefaultExecutor(timeout: Duration? = null)

    /** A coroutine that does the same, for Java code, where this function is called `shutdownDefaultExecutor`. */
    @JvmName("shutdownDefaultExecutor")
    public fun javaShutdownDefaultExecutor(timeout: JavaDuration?): Coroutine<Void?> =
        coroutine("shutdownDefaultExecutor") {
            shutdownDefaultExecutor(timeout?.toKotlinDuration())
            null
        }
}
