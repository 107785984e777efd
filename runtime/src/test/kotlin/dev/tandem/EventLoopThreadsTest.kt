package dev.tandem

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture

/** Other threads and the loop; the other thread is one of the loop's pool, so that virtual time waits for it. */
class EventLoopThreadsTest {
    private val events = mutableListOf<String>()

    @Test
    fun wrongThreadErrorNamesBothThreadsAndTheCallToUse() {
        inVirtualTime {
            val loop = runningLoop()
            events += toThread { outcomeOf { loop.callSoon {} } }
        }
        events.single().replace(Regex("worker-\\d+"), "worker") shouldBe
            "IllegalStateException: callSoon() on thread \"tandem-worker\", but the loop belongs to thread " +
            "\"${Thread.currentThread().name}\". From another thread, call callSoonThreadsafe(callback)."
    }

    @Test
    fun whatBelongsToALoopIsForItsThreadAlone() {
        val loop = newEventLoop()
        loop.checkThread("play") // between runs, the thread that made it
        runLoop {
            val running = runningLoop()
            running.checkThread("play")
            toThread { outcomeOf { running.checkThread("play") } } shouldStartWith
                "IllegalStateException: play() on thread"
        }
        loop.close()
    }

    @Test
    fun everyCallForTheLoopThreadNamesItsReplacement() =
        inVirtualTime {
            val loop = runningLoop()
            val future = loop.createFuture<Int>()
            val errors =
                toThread {
                    listOf(
                        outcomeOf { loop.callAt(loop.time()) {} },
                        outcomeOf { loop.createTask {} },
                        outcomeOf { future.setResult(1) },
                        outcomeOf { future.setException(Broken()) },
                        outcomeOf { future.addDoneCallback {} },
                    )
                }
            errors.map { it.substringAfter("From another thread, call ") } shouldBe
                listOf(
                    "callSoonThreadsafe { loop.callAt(...) }.",
                    "runCoroutineThreadsafe(coroutine, loop).",
                    "complete(value).",
                    "completeExceptionally(exception).",
                    "whenComplete(action).",
                )
        }

    @Test
    fun callSoonThreadsafeRunsTheCallOnTheLoopThread() {
        inVirtualTime {
            val loop = runningLoop()
            val called = loop.createFuture<Thread>()
            toThread { loop.callSoonThreadsafe { called.setResult(Thread.currentThread()) } }
            events += called.await().name
        }
        events shouldBe listOf(Thread.currentThread().name)
    }

    @Test
    fun callSoonThreadsafeKeepsTheOrderOfOneThread() {
        inVirtualTime {
            val loop = runningLoop()
            toThread { listOf("a", "b", "c").forEach { name -> loop.callSoonThreadsafe { events += name } } }
            passes(1)
        }
        events shouldBe listOf("a", "b", "c")
    }

    // As in CPython, where call_soon_threadsafe() is call_soon() and a wake-up.
    @Test
    fun callSoonThreadsafeOnTheLoopThreadKeepsItsPlaceAmongOtherCalls() {
        inVirtualTime {
            val loop = runningLoop()
            loop.callSoon { events += "a" }
            loop.callSoonThreadsafe { events += "b" }
            loop.callSoon { events += "c" }
            passes(1)
        }
        events shouldBe listOf("a", "b", "c")
    }

    @Test
    fun callSoonThreadsafeCarriesTheContextOfTheCallingThread() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            val loop = runningLoop()
            toThread {
                color.set("red")
                loop.callSoonThreadsafe { events += color.get() }
            }
            passes(1)
            events += color.get()
        }
        events shouldBe listOf("red", "none")
    }

    @Test
    fun callSoonThreadsafeCanBeTakenBack() {
        inVirtualTime {
            val loop = runningLoop()
            val handle = CompletableFuture.supplyAsync { loop.callSoonThreadsafe { events += "called" } }.join()
            handle.cancel()
            passes(1)
        }
        events shouldBe emptyList()
    }

    @Test
    fun callSoonThreadsafeBeforeTheRunIsNotLost() {
        withLoop { loop ->
            loop.callSoonThreadsafe { events += "called" }
            loop.runOnePass()
        }
        events shouldBe listOf("called")
    }

    @Test
    fun threadThatMadeTheLoopMayUseItBeforeItRuns() {
        withLoop { loop ->
            loop.callSoon { events += "call" }
            loop.createTask { events += "task" }
            loop.runOnePass()
        }
        events shouldBe listOf("call", "task")
    }

    @Test
    fun currentTaskOnAnotherThreadSaysThatNoLoopRunsThere() =
        inVirtualTime {
            toThread { outcomeOf { currentTask() } } shouldContain "No loop runs on thread"
        }
}
