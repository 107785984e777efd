package dev.tandem

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.locks.LockSupport
import kotlin.concurrent.thread
import java.util.concurrent.Semaphore as JavaSemaphore

/** Two threads hammer the calls that any thread may make: no wake-up is lost, and nothing happens twice. */
class ThreadsafeStressTest {
    @Test
    fun everyCallIsMadeOnceAndInTheOrderOfItsThread() = handOverCalls(perThread = 50_000)

    @Test
    fun sleepingLoopIsWokenByEveryCall() = handOverOneByOne(calls = 20_000)

    @Test
    fun everyFutureIsCompletedByExactlyOneOfTwoThreads() = completeFutures(count = 50_000)

    @Test
    fun everyCoroutineOfTwoThreadsRunsOnceAndAnswers() = runCoroutines(perThread = 20_000)

    @Test
    fun loopThatIsBeingStartedByAnotherThreadLosesNothing() = startWhileCompleting(times = 2_000)

    @Test
    @Tag("soak")
    @Timeout(20, unit = TimeUnit.MINUTES)
    fun tenMillionCallsLoseNothing() {
        handOverCalls(perThread = 3_000_000)
        handOverOneByOne(calls = 500_000)
        completeFutures(count = 2_500_000)
        runCoroutines(perThread = 500_000)
    }

    private fun handOverCalls(perThread: Int) {
        val next = IntArray(2)
        var outOfOrder = 0
        runLoop {
            val loop = runningLoop()
            val end = List(2) { loop.createFuture<Unit>() }
            val threads =
                List(2) { id ->
                    thread {
                        repeat(perThread) { n ->
                            loop.callSoonThreadsafe {
                                if (next[id]++ != n) outOfOrder++
                                if (n == perThread - 1) end[id].setResult(Unit)
                            }
                            if (n % 100 == id) letTheLoopFallAsleep()
                        }
                    }
                }
            gather(end).await()
            threads.forEach { it.join() }
        }
        listOf(next[0], next[1], outOfOrder) shouldBe listOf(perThread, perThread, 0)
    }

    /** Each call waits for the one before, so that the loop sleeps or is about to: a lost wake-up would hang. */
    private fun handOverOneByOne(calls: Int) {
        val made = AtomicInteger()
        runLoop {
            val loop = runningLoop()
            val end = loop.createFuture<Unit>()
            thread {
                val answered = JavaSemaphore(0)
                repeat(calls) {
                    loop.callSoonThreadsafe {
                        made.incrementAndGet()
                        answered.release()
                    }
                    answered.acquire()
                }
                end.complete(Unit)
            }
            end.await()
        }
        made.get() shouldBe calls
    }

    private fun completeFutures(count: Int) {
        val wins = AtomicInteger()
        val callbacks = IntArray(count)
        var results = 0
        runLoop {
            val loop = runningLoop()
            val futures = List(count) { loop.createFuture<Int>() }
            futures.forEachIndexed { n, future -> future.addDoneCallback { callbacks[n]++ } }
            val threads =
                List(2) { id ->
                    thread {
                        futures.forEachIndexed { n, future ->
                            if (future.complete(id)) wins.incrementAndGet()
                            if (n % 100 == id) letTheLoopFallAsleep()
                        }
                    }
                }
            for (future in futures) results += if (future.await() in 0..1) 1 else 0
            threads.forEach { it.join() }
            passes(2)
        }
        listOf(wins.get(), results, callbacks.count { it == 1 }) shouldBe listOf(count, count, count)
    }

    private fun runCoroutines(perThread: Int) {
        val runs = IntArray(2)
        val answers = AtomicInteger()
        runLoop {
            val loop = runningLoop()
            val end = List(2) { loop.createFuture<Unit>() }
            List(2) { id ->
                thread {
                    repeat(perThread) { n ->
                        val result =
                            runCoroutineThreadsafe(loop) {
                                runs[id]++
                                if (n % 2 == 0) passes(1)
                                n
                            }
                        result.thenAccept { if (it == n) answers.incrementAndGet() }
                        if (n % 100 == id || n == perThread - 1) result.join()
                    }
                    end[id].complete(Unit)
                }
            }
            gather(end).await()
            passes(10)
        }
        listOf(runs[0], runs[1], answers.get()) shouldBe listOf(perThread, perThread, 2 * perThread)
    }

    /** The thread that made a loop may use it until it runs; that another one starts it just now must not matter. */
    private fun startWhileCompleting(times: Int) {
        var completed = 0
        repeat(times) {
            val loop = newEventLoop()
            val future = loop.createFuture<Int>()
            val answer = JavaSemaphore(0)
            val runner = thread { if (loop.runUntilComplete(future) == 42) answer.release() }
            repeat((it % 64) * 100) { Thread.onSpinWait() }
            future.complete(42)
            check(
                answer.tryAcquire(10, TimeUnit.SECONDS),
            ) { "Run $it never saw that its future was completed: $future" }
            completed++
            runner.join()
            loop.close()
        }
        completed shouldBe times
    }

    private fun letTheLoopFallAsleep() = LockSupport.parkNanos(50_000)
}
