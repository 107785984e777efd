package dev.tandem

import dev.tandem.internal.Signals
import dev.tandem.internal.SingleThreadLoop
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration.Companion.minutes

/**
 * Runs [body] as the main task of a new loop on this thread and returns its result; the loop is closed at the end.
 *
 * Tasks that are left when the body ends are cancelled and waited for. **Python.** `asyncio.run`.
 *
 * ```
 * fun main() = runLoop {
 *     sleep(1.seconds)
 *     println("hello")
 * }
 * ```
 *
 * @param clock a [VirtualClock] makes a test take no time
 * @param debug as in [newEventLoop]; null: the system property `tandem.debug`
 * @throws IllegalStateException if a loop runs on this thread already.
 */
public fun <T> runLoop(
    clock: Clock = SystemClock,
    debug: Boolean? = null,
    body: suspend () -> T,
): T = Runner(debug, clock).use { it.run(body = body) }

/**
 * A loop for several runs, one after the other: they share the loop and one context. To be closed at the end.
 *
 * On the main thread, Ctrl-C cancels the main task first, and [run] throws [KeyboardInterruptException] when that has
 * ended it; a second Ctrl-C ends the process. An application that handles the signal itself keeps its handler.
 *
 * **Threading.** One thread. **Python.** `asyncio.Runner`.
 */
public class Runner
    @JvmOverloads
    constructor(
        private val debug: Boolean? = null,
        private val loopFactory: () -> EventLoop = { newEventLoop() },
    ) : AutoCloseable {
        /** A runner whose loop takes its time from [clock]. */
        public constructor(debug: Boolean?, clock: Clock) : this(debug, { newEventLoop(clock) })

        private enum class State { CREATED, OPEN, CLOSED }

        private var state = State.CREATED

        /**
         * Only the main thread's runner takes over Ctrl-C, and only while it runs. The JVM gives that thread its name in
         * every version, but not always the same number.
         */
        private val madeOnMainThread = Thread.currentThread().name == "main"
        private var openLoop: EventLoop? = null
        private val sharedContext by lazy(LazyThreadSafetyMode.NONE) { copyContext() }

        /** The loop; made at the first use. **Python.** `runner.get_loop()`. */
        @get:JvmName("loop")
        public val loop: EventLoop
            get() {
                check(state != State.CLOSED) { "This runner is closed." }
                return openLoop ?: loopFactory().also { made ->
                    debug?.let { made.debug = it }
                    openLoop = made
                    state = State.OPEN
                }
            }

        /**
         * Runs [body] as a task of the loop until it is done and returns its result.
         *
         * @param context what the task's [ContextVar]s read; null: the context that all runs share
         */
        public fun <T> run(
            context: Context? = null,
            body: suspend () -> T,
        ): T = run(Coroutine(null, body), context)

        /** Runs [coroutine]; otherwise as the overload with a body. */
        public fun <T> run(
            coroutine: Coroutine<T>,
            context: Context? = null,
        ): T {
            check(runningLoopOrNull() == null) {
                "A loop runs on this thread already. Inside a task, await the coroutine instead of running a loop " +
                    "for it."
            }
            val main = loop.createTask(coroutine, context = context ?: sharedContext)
            if (!madeOnMainThread) return loop.runUntilComplete(main)
            return runUntilInterrupted(main)
        }

        /** Cancels the tasks that are left and waits for them, then for the loop's executor, and closes the loop. */
        override fun close() {
            val loop = openLoop
            if (state != State.OPEN || loop == null) {
                state = State.CLOSED
                return
            }
            try {
                cancelAllTasks(loop)
                loop.runUntilComplete(Coroutine(null) { loop.shutdownDefaultExecutor(EXECUTOR_SHUTDOWN_LIMIT) })
            } finally {
                state = State.CLOSED
                loop.close()
            }
        }

        /** The first Ctrl-C cancels [main], so that it can clean up; the second one ends the process. */
        private fun <T> runUntilInterrupted(main: Task<T>): T {
            val interrupted = AtomicBoolean()
            val undo =
                Signals.handleInterruptKey {
                    interrupted.set(true)
                    if (!loop.isClosed) loop.callSoonThreadsafe { main.cancel() }
                }
            try {
                return undo.use { loop.runUntilComplete(main) }
            } catch (e: CancelledException) {
                if (!interrupted.get() || main.uncancel() > 0) throw e
                throw KeyboardInterruptException("Interrupted by Ctrl-C.", e)
            }
        }

        private fun cancelAllTasks(loop: EventLoop) {
            val left = allTasks(loop)
            if (left.isEmpty()) return
            left.forEach { it.cancel() }
            loop.runUntilComplete(gatherOn(loop as SingleThreadLoop, left, returnExceptions = true))
            for (task in left) {
                val failure = task.failureOrNull() ?: continue
                loop.callExceptionHandler(ExceptionContext("A task failed while the runner was closing", failure, task))
            }
        }

        private companion object {
            val EXECUTOR_SHUTDOWN_LIMIT = 5.minutes
        }
    }
