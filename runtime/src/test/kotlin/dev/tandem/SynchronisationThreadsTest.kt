package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test

/** Locks and queues on threads other than their loop's, which is noticed once a task had to wait for them. */
class SynchronisationThreadsTest {
    @Test
    fun wrongThreadErrorNamesBothThreadsAndTheCallToUseAndChangesNothing() =
        inVirtualTime {
            val queue = Queue<Int>()
            val getter = createTask { queue.get() }
            passes(1)
            val error = toThread { outcomeOf { queue.putNoWait(1) } }
            error.replace(Regex("worker-\\d+"), "worker") shouldBe
                "IllegalStateException: putNoWait() on thread \"tandem-worker\", but the loop belongs to thread " +
                "\"${Thread.currentThread().name}\". From another thread, call it in loop.callSoonThreadsafe."
            queue.empty() shouldBe true
            getter.cancel()
        }

    @Test
    fun everyCallThatWakesATaskIsRefusedOnAnotherThread() =
        inVirtualTime {
            val (lock, event, condition) = Triple(Lock(), Event(), Condition())
            val (semaphore, queue) = Semaphore(0) to Queue<Int>(1)
            lock.acquire()
            queue.putNoWait(1)
            val waiters =
                listOf(
                    createTask { lock.acquire() },
                    createTask { event.await() },
                    createTask { condition.withLock { condition.await() } },
                    createTask { semaphore.acquire() },
                    createTask { queue.put(2) },
                )
            passes(1)
            condition.acquire()
            val outcomes =
                toThread {
                    listOf<() -> Unit>(
                        lock::release,
                        event::set,
                        { condition.signal() },
                        semaphore::release,
                        { queue.getNoWait() },
                        { queue.shutdown() },
                    ).map { call -> outcomeOf { call() }.substringBefore("()") }
                }
            outcomes shouldBe
                listOf(
                    "release",
                    "set",
                    "signal",
                    "release",
                    "getNoWait",
                    "shutdown",
                ).map { "IllegalStateException: $it" }
            condition.release()
            waiters.forEach { it.cancel() }
        }

    @Test
    fun tasksOfTwoLoopsCannotWaitForOneLock() =
        withLoop { first ->
            val lock = Lock()
            first.runUntilComplete(coroutine { lock.acquire() })
            first.createTask(coroutine { lock.acquire() })
            first.runOnePass()
            withLoop { second ->
                val error =
                    shouldThrow<IllegalStateException> { second.runUntilComplete(coroutine { lock.acquire() }) }
                error.message shouldContain "Tasks of another loop wait"
            }
        }

    @Test
    fun objectMayServeOneLoopAfterTheOther() {
        val lock = Lock()
        repeat(2) {
            inVirtualTime {
                val tasks = List(2) { createTask { lock.withLock { passes(1) } } }
                gather(tasks).await()
            }
        }
        lock.locked() shouldBe false
    }
}
