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
 * The loop: asyncio's cycle on one thread.
 *
 * Owner: whichever thread has the turn, [turnHolder]; while the loop runs that is the thread that runs it, or one that
 * it has handed the turn to and waits for. Only [inbox], [handOver] and the volatile flags are for other threads.
 */
@OptIn(InternalCoroutinesApi::class, ExperimentalCoroutinesApi::class)
internal class SingleThreadLoop(
    private val clock: Clock,
    override var debug: Boolean,
) : EventLoop(),
    Delay {
    private val ready = ArrayDeque<Runnable>()
    private val readiness = ChannelReadiness(this)
    private val inbox = ThreadsafeInbox(readiness::wakeUp)
    private val executor = LoopExecutor(this)
    private val attachments = LinkedHashMap<Class<*>, AutoCloseable>()
    val timers = TimerHeap()
    val tasks = TaskRegistry()

    @JvmField
    var currentTask: Task<*>? = null

    /** What code of the loop runs in that belongs to no task and no call. */
    private val ownContext = Context()

    @JvmField
    var currentContext: Context = ownContext

    /** The thread that may touch the loop's state now; null while the loop does not run. */
    @Volatile
    private var turnHolder: Thread? = null

    /** The thread that may use the loop while it does not run: it made the loop, or ran it last. */
    @Volatile
    private var homeThread: Thread = Thread.currentThread()

    /** Held by [homeThread] while it uses the loop that does not run, so that no other thread starts it meanwhile. */
    private val startLock = Any()

    @Volatile
    override var isRunning: Boolean = false
        private set

    @Volatile
    override var isClosed: Boolean = false
        private set

    private var stopping = false

    /** The loop's thread was interrupted, which means nothing to the loop; its caller finds the flag set again. */
    private var wasInterrupted = false

    /** How many stages of other libraries are waited for. */
    var foreignStages = 0

    private val slowCallbacks = SlowCallbackWatch(limit = { slowCallbackDuration }, loopThread = { turnHolder })
    private val signalHandlers = HashMap<String, AutoCloseable>()
    private val closeRecord = if (debug) ForgottenRecord.watch(this, "EventLoop was never closed.") else null

    override var slowCallbackDuration: Duration = 100.milliseconds
    override var taskFactory: TaskFactory? = null
    override var exceptionHandler: ExceptionHandler? = null

    override fun time(): Duration = clock.nanoTime().nanoseconds

    // ---- the cycle ------------------------------------------------------------------------------------------------

    private fun runOnce() {
        inbox.drainTo(ready)
        if (ready.isNotEmpty() || stopping) readiness.poll() else idle()
        inbox.drainTo(ready)
        timers.takeDue(clock.nanoTime(), ready)
        // What these add waits for the next pass.
        repeat(ready.size) {
            val entry = ready.removeFirst()
            if (debug) slowCallbacks.measure(entry) { runEntry(entry) } else runEntry(entry)
        }
    }

    /** Nothing is ready: waits for a channel, another thread, or the next timer. */
    private fun idle() {
        val next = timers.nextNanos()
        when (clock) {
            SystemClock -> sleepUntil(next)
            is VirtualClock -> {
                readiness.poll()
                when {
                    ready.isNotEmpty() -> return
                    executor.isBusy -> sleepUntil(TimerHeap.NEVER)
                    next != TimerHeap.NEVER -> clock.advanceTo(next)
                    readiness.isAwaited || mayBeCalledFromOutside() -> sleepUntil(TimerHeap.NEVER)
                    else -> throw IllegalStateException(describeDeadlock())
                }
            }
        }
    }

    /** Whether code that is not the loop's own may yet go on: another library's future, or kotlinx on its threads. */
    private fun mayBeCalledFromOutside() = foreignStages > 0 || tasks.toList().any { it.isSuspendedByKotlinx }

    private fun sleepUntil(nanos: Long) {
        val timeout = if (nanos == TimerHeap.NEVER) TimerHeap.NEVER else nanos - clock.nanoTime()
        if (timeout <= 0) readiness.poll() else inbox.sleepUnlessFilled { readiness.select(timeout) }
        // With the flag set no select would wait any more, and the loop would spin.
        if (Thread.interrupted()) wasInterrupted = true
    }

    private fun runEntry(entry: Runnable) {
        // A call or a step enters its own; kotlinx code and dependents of futures have none, and must not find another's.
        currentContext = ownContext
        try {
            entry.run()
        } catch (e: Throwable) {
            if (e.isFatal()) throw e
            callExceptionHandler(ExceptionContext("Exception in callback $entry", e, handle = entry as? Handle))
        }
    }

    // ---- running --------------------------------------------------------------------------------------------------

    override fun runForever() {
        checkMayRun()
        running.set(this)
        synchronized(startLock) {
            homeThread = Thread.currentThread()
            turnHolder = homeThread
            isRunning = true
        }
        try {
            do runOnce() while (!stopping)
        } finally {
            stopping = false
            isRunning = false
            turnHolder = null
            running.remove()
            slowCallbacks.close()
            if (wasInterrupted) Thread.currentThread().interrupt()
            wasInterrupted = false
        }
    }

    override fun <T> runUntilComplete(awaitable: Awaitable<T>): T {
        checkMayRun()
        synchronized(startLock) { homeThread = Thread.currentThread() }
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
        check(!isRunning) { "This loop is running already, on thread ${turnHolder?.name}." }
        check(running.get() == null) {
            "Another loop is running on this thread. Inside a task, await instead of running a loop; or use a new thread."
        }
    }

    override fun stop() {
        stopping = true
    }

    override fun close() {
        check(!isRunning) { "A running loop cannot be closed: stop() it first, and close it when the run has ended." }
        if (isClosed) return
        attachments.values.forEach(::closeAttachment)
        isClosed = true
        closeRecord?.settled = true
        signalHandlers.keys.toList().forEach(::removeSignalHandler)
        settle()
        timers.clear()
        readiness.close()
        executor.close()
    }

    /** Drops what is queued, but for what other threads rely on: completions that are handed over or to be announced. */
    private fun settle() {
        synchronized(inbox) {
            inbox.drainTo(ready)
            val settlements = ready.filterIsInstance<Settlement>()
            ready.clear()
            settlements.forEach { it.run() }
        }
    }

    fun checkOpen() {
        check(!isClosed) { "This loop is closed." }
    }

    // ---- calls ----------------------------------------------------------------------------------------------------

    /** Loop thread, the hot path: puts [entry] at the end of the ready queue. */
    fun enqueue(entry: Runnable) {
        ready.addLast(entry)
    }

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
        if (hasTurn()) enqueue(call) else inbox.add(call)
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

    private fun describeDeadlock(): String =
        "Nothing can ever happen again: no call is ready, no timer is set, and nothing waits for a channel or thread." +
            tasks.toList().joinToString("") { "\n  $it" }

    // ---- threads --------------------------------------------------------------------------------------------------

    override fun <T> runInExecutor(
        executor: ExecutorService?,
        work: Callable<T>,
    ): Future<T> = this.executor.run(executor, work)

    override fun setDefaultExecutor(executor: ExecutorService) {
        this.executor.default = executor
    }

    override suspend fun shutdownDefaultExecutor(timeout: Duration?) = executor.shutdown(timeout)

    /**
     * Says that [thread] has the turn from now on. Called by the thread that has it, just before it wakes [thread] and
     * waits: so a task whose code needs a thread of its own runs while the loop stands still.
     */
    fun passTurn(thread: Thread) {
        turnHolder = thread
    }

    /** Makes this the running loop of the calling thread, which will be passed the turn; [dismissThread] ends it. */
    fun adoptThread() {
        running.set(this)
    }

    fun dismissThread() {
        running.remove()
    }

    /** Whether this thread has the loop's turn. Any thread. */
    fun hasTurn(): Boolean = turnHolder === Thread.currentThread()

    /** Whether this thread may change the loop's state now: it has the turn, or nobody runs the loop and it may. */
    fun mayTouch(): Boolean = hasTurn() || (!isRunning && Thread.currentThread() === homeThread)

    /** Any thread. Calls [action] and returns true if this thread may change the loop's state now. */
    inline fun actHere(action: () -> Unit): Boolean {
        if (hasTurn()) {
            action()
            return true
        }
        return Thread.currentThread() === homeThread &&
            synchronized(startLock) { !isRunning.also { if (!it) action() } }
    }

    fun checkTurn(
        call: String,
        instead: String,
    ) {
        check(mayTouch() || isClosed) {
            "$call() on thread \"${Thread.currentThread().name}\", but the loop belongs to thread " +
                "\"${(turnHolder ?: homeThread).name}\". From another thread, call $instead."
        }
    }

    /** Any thread. Runs [action] in the loop's next pass, or here and now once the loop is closed. */
    fun handOver(action: () -> Unit) {
        inbox.add(Settlement(action))
        if (isClosed) settle()
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
        if (!actHere { enqueue(block) }) inbox.add(block)
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

/** A step in completing a future that is taken even if the loop is closed first, since threads may wait for it. */
private class Settlement(
    private val action: () -> Unit,
) : Runnable {
    override fun run() = action()
}
