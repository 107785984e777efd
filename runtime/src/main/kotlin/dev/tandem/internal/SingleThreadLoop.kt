package dev.tandem.internal

import dev.tandem.Awaitable
import dev.tandem.Clock
import dev.tandem.Context
import dev.tandem.Coroutine
import dev.tandem.DoneCallback
import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.ExceptionHandler
import dev.tandem.Future
import dev.tandem.Handle
import dev.tandem.SystemClock
import dev.tandem.Task
import dev.tandem.TaskFactory
import dev.tandem.TimerHandle
import dev.tandem.VirtualClock
import dev.tandem.copyContext
import dev.tandem.ensureFuture
import dev.tandem.isFatal
import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.Delay
import kotlinx.coroutines.DisposableHandle
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.InternalCoroutinesApi
import java.nio.channels.SelectableChannel
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import kotlin.coroutines.CoroutineContext
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.nanoseconds

/**
 * The loop: what [EventLoop] promises, on top of a [Cycle] that is driven by one thread at a time.
 *
 * Owner: whichever thread has the [turn]. What other threads may call says so.
 */
@OptIn(InternalCoroutinesApi::class, ExperimentalCoroutinesApi::class)
internal class SingleThreadLoop(
    private val clock: Clock,
    override var debug: Boolean,
) : EventLoop(),
    Delay {
    @JvmField
    val turn = Turn()

    @JvmField
    val cycle = Cycle(this, clock, turn)
    private val readiness get() = cycle.readiness
    private val attachments = LinkedHashMap<Class<*>, AutoCloseable>()
    val executor = LoopExecutor(this)
    val timers get() = cycle.timers
    val tasks = TaskRegistry()

    @JvmField
    var currentTask: Task<*>? = null

    /** What code of the loop runs in that belongs to no task and no call: kotlinx blocks, dependents of futures. */
    @JvmField
    val ownContext = Context()

    @JvmField
    var currentContext: Context = ownContext

    override val isRunning: Boolean get() = turn.isTaken

    @Volatile
    override var isClosed: Boolean = false
        private set

    /** How many stages of other libraries are waited for. */
    var foreignStages = 0

    private val signalHandlers = HashMap<String, AutoCloseable>()
    private val closeRecord = if (debug) ForgottenRecord.watch(this, "EventLoop was never closed.") else null

    override var slowCallbackDuration: Duration = 100.milliseconds
    override var taskFactory: TaskFactory? = null
    override var exceptionHandler: ExceptionHandler? = null

    override fun time(): Duration = clock.nanoTime().nanoseconds

    // ---- running --------------------------------------------------------------------------------------------------

    override fun runForever() {
        checkMayRun()
        running.set(this)
        turn.take()
        try {
            cycle.run()
        } finally {
            turn.giveUp()
            running.remove()
        }
    }

    override fun <T> runUntilComplete(awaitable: Awaitable<T>): T {
        checkMayRun()
        turn.moveHome()
        val future = ensureFuture(awaitable, this)
        val stop = DoneCallback<T> { if (it.failureOrNull()?.isFatal() != true) stop() }
        future.addDoneCallback(stop)
        try {
            runForever()
        } finally {
            future.removeDoneCallback(stop)
        }
        check(future.done()) { "The loop was stopped before $future was done." }
        return future.result()
    }

    private fun checkMayRun() {
        checkOpen()
        check(!isRunning) { "This loop is running already, on thread ${turn.holder?.name}." }
        check(running.get() == null) {
            "Another loop is running on this thread. Inside a task, await instead of running a loop; or use a new thread."
        }
    }

    override fun stop() = cycle.stop()

    override fun close() {
        check(!isRunning) { "A running loop cannot be closed: stop() it first, and close it when the run has ended." }
        if (isClosed) return
        attachments.values.forEach(::closeAttachment)
        isClosed = true
        closeRecord?.settled = true
        signalHandlers.keys.toList().forEach(::removeSignalHandler)
        cycle.close()
        executor.close()
    }

    fun checkOpen() {
        check(!isClosed) { "This loop is closed." }
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /** Loop thread. Puts [entry] at the end of the ready queue. */
    fun enqueue(entry: Runnable) = cycle.enqueue(entry)

    fun enqueueDependents(complete: () -> Unit) {
        if (isClosed) complete() else enqueue(Settlement(complete))
    }

    override fun callSoon(
        context: Context?,
        callback: Runnable,
    ): Handle {
        checkOpen()
        checkTurn("callSoon", "callSoonThreadsafe(callback)")
        return ScheduledCall(this, context ?: copyContext(), callback).also(::enqueue)
    }

    override fun callSoonThreadsafe(
        context: Context?,
        callback: Runnable,
    ): Handle {
        checkOpen()
        val call = ScheduledCall(this, context ?: copyContext(), callback)
        // On the loop's own thread it keeps its place among the other calls.
        if (hasTurn()) enqueue(call) else cycle.inbox.add(call)
        return call
    }

    override fun callAt(
        `when`: Duration,
        context: Context?,
        callback: Runnable,
    ): TimerHandle {
        checkOpen()
        checkTurn("callAt", "callSoonThreadsafe { loop.callAt(...) }")
        return addTimer(`when`.inWholeNanoseconds, context ?: copyContext(), callback)
    }

    /** Loop thread. A timer of the runtime's own: it runs in the current context, which is not copied. */
    fun startTimer(
        delay: Duration,
        callback: Runnable,
    ): ScheduledTimer = addTimer((time() + delay).inWholeNanoseconds, currentContext, callback)

    private fun addTimer(
        whenNanos: Long,
        context: Context,
        callback: Runnable,
    ): ScheduledTimer = ScheduledTimer(this, context, callback, whenNanos).also(timers::add)

    // ---- futures and tasks ----------------------------------------------------------------------------------------

    override fun <T> createFuture(): Future<T> = Future(this)

    override fun <T> createTask(
        coroutine: Coroutine<T>,
        name: String?,
        context: Context?,
        eagerStart: Boolean?,
    ): Task<T> {
        checkOpen()
        checkTurn("createTask", "runCoroutineThreadsafe(coroutine, loop)")
        val factory = taskFactory
        return if (factory == null) {
            Task(this, coroutine, name, context, eagerStart ?: false)
        } else {
            factory.createTask(this, coroutine, name, context, eagerStart)
        }
    }

    // ---- channels -------------------------------------------------------------------------------------------------

    override fun addReader(
        channel: SelectableChannel,
        callback: Runnable,
    ) = readiness.of(channel, "addReader").reader.watch(callback)

    override fun removeReader(channel: SelectableChannel): Boolean = readiness.find(channel)?.reader?.unwatch() ?: false

    override fun addWriter(
        channel: SelectableChannel,
        callback: Runnable,
    ) = readiness.of(channel, "addWriter").writer.watch(callback)

    override fun removeWriter(channel: SelectableChannel): Boolean = readiness.find(channel)?.writer?.unwatch() ?: false

    override suspend fun awaitReadable(channel: SelectableChannel) =
        readiness.of(channel, "awaitReadable").reader.await()

    override suspend fun awaitWritable(channel: SelectableChannel) =
        readiness.of(channel, "awaitWritable").writer.await()

    override fun channelClosed(channel: SelectableChannel) {
        readiness.find(channel)?.onClosed()
    }

    // ---- signals --------------------------------------------------------------------------------------------------

    override fun addSignalHandler(
        signal: String,
        callback: Runnable,
    ) {
        checkOpen()
        removeSignalHandler(signal)
        val context = copyContext()
        signalHandlers[signal] = Signals.handle(signal) { if (!isClosed) callSoonThreadsafe(context, callback) }
    }

    override fun removeSignalHandler(signal: String): Boolean {
        val handler = signalHandlers.remove(signal) ?: return false
        handler.close()
        return true
    }

    // ---- what libraries keep for the loop -------------------------------------------------------------------------

    override fun <A : AutoCloseable> attachment(
        type: Class<A>,
        make: () -> A,
    ): A {
        checkTurn("attachment", "callSoonThreadsafe { ... }")
        return type.cast(attachments.getOrPut(type, make))
    }

    private fun closeAttachment(attachment: AutoCloseable) {
        try {
            attachment.close()
        } catch (e: Exception) {
            callExceptionHandler(ExceptionContext("$attachment could not be closed with the loop", e))
        }
    }

    // ---- errors ---------------------------------------------------------------------------------------------------

    override fun callExceptionHandler(context: ExceptionContext) {
        val handler = exceptionHandler ?: return LoopLog.report(context)
        try {
            handler.handle(this, context)
        } catch (e: Throwable) {
            if (e.isFatal()) throw e
            e.addSuppressed(context.exception ?: IllegalStateException(context.message))
            LoopLog.report(ExceptionContext("The exception handler failed: $context", e))
        }
    }

    /** Any thread. A closed loop cannot call its handler any more: the report goes to the log. */
    fun reportFromAnyThread(context: ExceptionContext) {
        handOver { if (isClosed) LoopLog.report(context) else callExceptionHandler(context) }
    }

    // ---- threads --------------------------------------------------------------------------------------------------

    override fun <T> runInExecutor(
        executor: ExecutorService?,
        work: Callable<T>,
    ): Future<T> = this.executor.run(executor, work)

    override fun setDefaultExecutor(executor: ExecutorService) {
        this.executor.default = executor
    }

    override suspend fun shutdownDefaultExecutor(timeout: Duration?) = executor.shutdown(timeout)

    /** Whether this thread has the loop's turn. Any thread. */
    fun hasTurn(): Boolean = turn.isMine()

    /** Any thread. Calls [action] and returns true if this thread may change the loop's state now. */
    inline fun actHere(action: () -> Unit): Boolean = turn.actHere(action)

    /** Makes this the running loop of the calling thread, which is given the turn; [dismissThread] ends it. */
    fun adoptThread() {
        running.set(this)
    }

    fun dismissThread() {
        running.remove()
    }

    override fun checkThread(call: String) {
        checkTurn(call, "it in loop.callSoonThreadsafe")
    }

    fun checkTurn(
        call: String,
        instead: String,
    ) {
        check(turn.mayTouch() || isClosed) {
            "$call() on thread \"${Thread.currentThread().name}\", but the loop belongs to thread " +
                "\"${(turn.holder ?: turn.home).name}\". From another thread, call $instead."
        }
    }

    /** Any thread. Runs [action] in the loop's next pass, or here and now once the loop is closed. */
    fun handOver(action: () -> Unit) {
        cycle.inbox.add(Settlement(action))
        if (isClosed) cycle.settle()
    }

    /** Any thread. */
    inline fun runOrHandOver(crossinline action: () -> Unit) {
        if (!actHere { action() }) handOver { action() }
    }

    // ---- CoroutineDispatcher and Delay ----------------------------------------------------------------------------

    override fun dispatch(
        context: CoroutineContext,
        block: Runnable,
    ) {
        if (!actHere { enqueue(block) }) cycle.inbox.add(block)
    }

    override fun scheduleResumeAfterDelay(
        timeMillis: Long,
        continuation: CancellableContinuation<Unit>,
    ) {
        val timer = timerFromAnyThread(timeMillis) { with(continuation) { resumeUndispatched(Unit) } }
        continuation.invokeOnCancellation { timer.dispose() }
    }

    override fun invokeOnTimeout(
        timeMillis: Long,
        block: Runnable,
        context: CoroutineContext,
    ): DisposableHandle = timerFromAnyThread(timeMillis, block)

    private fun timerFromAnyThread(
        timeMillis: Long,
        block: Runnable,
    ): DisposableHandle {
        val whenNanos = (time() + timeMillis.milliseconds).inWholeNanoseconds
        var timer: ScheduledTimer? = null
        var disposed = false
        runOrHandOver { if (!disposed) timer = addTimer(whenNanos, Context(), block) }
        return DisposableHandle {
            runOrHandOver {
                disposed = true
                timer?.cancel()
            }
        }
    }

    override fun toString(): String {
        val state =
            when {
                isClosed -> "closed"
                isRunning -> "running"
                else -> "not running"
            }
        return "EventLoop($state)"
    }

    companion object {
        private val running = ThreadLocal<SingleThreadLoop?>()

        fun runningOrNull(): SingleThreadLoop? = running.get()

        /** Whether code on this thread runs in debug mode: the running loop's, or else the system property. */
        fun debugHere(): Boolean = running.get()?.debug ?: java.lang.Boolean.getBoolean("tandem.debug")

        fun running(): SingleThreadLoop =
            running.get() ?: throw IllegalStateException(
                "No loop runs on thread \"${Thread.currentThread().name}\". Call this inside runLoop { ... } or a " +
                    "task; from another thread, hand work to a loop with runCoroutineThreadsafe.",
            )
    }
}
