package dev.tandem.internal

import dev.tandem.Future
import dev.tandem.TimeoutException
import dev.tandem.timeout
import java.util.concurrent.Callable
import java.util.concurrent.ExecutorService
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration

/** Runs blocking work for one loop, on the pool it makes when first asked or on the one it is given. Any thread. */
internal class LoopExecutor(
    private val loop: SingleThreadLoop,
) {
    /** How many calls are queued or running; the virtual clock stands still meanwhile. */
    private val pending = AtomicInteger()

    /** Guarded by this. */
    private var pool: ExecutorService? = null

    /** Guarded by this. */
    private var isShutDown = false

    val isBusy: Boolean get() = pending.get() > 0

    var default: ExecutorService
        @Synchronized get() {
            if (isShutDown) {
                throw RejectedExecutionException("The loop's executor was shut down: pass an executor of your own.")
            }
            return pool ?: newPool().also { pool = it }
        }

        @Synchronized set(value) {
            pool = value
        }

    fun <T> run(
        executor: ExecutorService?,
        work: Callable<T>,
    ): Future<T> {
        loop.checkOpen()
        val chosen = executor ?: default
        val call = OffloadedCall(work, Future(loop))
        try {
            chosen.execute(call)
        } catch (e: RejectedExecutionException) {
            pending.decrementAndGet()
            throw e
        }
        loop.runOrHandOver { call.future.whenDone(call::cancel) }
        return call.future
    }

    /** Loop thread. */
    suspend fun shutdown(timeLimit: Duration?) {
        val closing = synchronized(this) { pool.also { isShutDown = true } } ?: return
        closing.shutdown()
        val ended = Future<Unit>(loop)
        val joiner =
            newDaemon("tandem-executor-shutdown") {
                // Interrupted when the time limit passes; the threads then end whenever their work does.
                runCatching { closing.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS) }
                loop.handOver { ended.finish(Unit) }
            }
        pending.incrementAndGet()
        joiner.start()
        try {
            timeout(timeLimit) { ended.await() }
        } catch (_: TimeoutException) {
            LoopLog.warn(
                "The loop's executor has not finished its work within $timeLimit; its threads are left behind.",
            )
        } finally {
            pending.decrementAndGet()
            joiner.interrupt()
        }
    }

    @Synchronized
    fun close() {
        isShutDown = true
        pool?.shutdown()
    }

    /** One call on its way to a thread and back. */
    private inner class OffloadedCall<T>(
        private val work: Callable<T>,
        val future: Future<T>,
    ) : Runnable {
        init {
            pending.incrementAndGet()
        }

        /** Guarded by this: the thread while [work] runs on it. */
        private var thread: Thread? = null

        /** Guarded by this: [work] has run, or will not. */
        private var over = false

        override fun run() {
            synchronized(this) {
                if (over) return
                thread = Thread.currentThread()
            }
            val result = runCatching { work.call() }
            synchronized(this) {
                over = true
                thread = null
                // An interrupt that came too late for the work must not hit whatever this thread does next.
                Thread.interrupted()
            }
            loop.handOver {
                pending.decrementAndGet()
                result.fold({ future.finish(it) }, { future.fail(it) })
            }
        }

        /** The future is done. Unless that is because the work has ended, nobody wants it any more. Loop thread. */
        @Synchronized
        fun cancel() {
            if (over) return
            val running = thread
            if (running != null) {
                running.interrupt()
            } else {
                over = true
                pending.decrementAndGet()
            }
        }
    }

    private companion object {
        val threadNumber = AtomicInteger()

        /** As many threads as asyncio's pool; they end when they have had nothing to do for a while. */
        fun newPool(): ExecutorService {
            val size = minOf(32, Runtime.getRuntime().availableProcessors() + 4)
            val threads = { work: Runnable -> newDaemon("tandem-worker-${threadNumber.incrementAndGet()}", work) }
            return ThreadPoolExecutor(size, size, 10, TimeUnit.SECONDS, LinkedBlockingQueue(), threads)
                .apply { allowCoreThreadTimeOut(true) }
        }

        fun newDaemon(
            name: String,
            work: Runnable,
        ) = Thread(work, name).apply { isDaemon = true }
    }
}
