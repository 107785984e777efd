package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test

class QueueShutdownTest {
    private val events = mutableListOf<String>()

    private suspend fun refusalsOf(queue: Queue<Int>): List<String> =
        listOf(
            outcomeOf { queue.put(1) },
            outcomeOf { queue.putNoWait(1) },
            outcomeOf { queue.get() },
            outcomeOf { queue.getNoWait() },
        ).map { it.substringBefore(":") }.distinct()

    @Test
    fun emptyQueueRefusesEverything() =
        inVirtualTime {
            val queue = Queue<Int>()
            queue.shutdown()
            refusalsOf(queue) shouldBe listOf("QueueShutDownException")
            queue.join()
        }

    // test_queues.py: _QueueShutdownTestMixin.test_shutdown_nonempty
    @Test
    fun itemsThatAreInTheQueueCanStillBeTakenAndMustStillBeDone() {
        inVirtualTime {
            val queue = Queue<Int>(maxSize = 1)
            queue.put(1)
            val joiner =
                createTask {
                    queue.join()
                    events += "joined"
                }
            val putter = createTask { events += outcomeOf { queue.put(2) }.substringBefore(":") }
            passes(1)
            queue.shutdown()
            putter.await()
            events += "got ${queue.get()}"
            passes(2)
            events += "refused ${refusalsOf(queue)}"
            queue.taskDone()
            joiner.await()
        }
        events shouldBe listOf("QueueShutDownException", "got 1", "refused [QueueShutDownException]", "joined")
    }

    // test_queues.py: _QueueShutdownTestMixin.test_shutdown_immediate_with_unfinished
    @Test
    fun droppedItemsCountAsDoneButNotTheOneThatWasTaken() {
        inVirtualTime {
            val queue = Queue<Int>()
            listOf(1, 2).forEach(queue::putNoWait)
            val joiner =
                createTask {
                    queue.join()
                    events += "joined"
                }
            queue.get()
            queue.shutdown(immediate = true)
            passes(2)
            events += "${queue.size()} items, refused ${refusalsOf(queue)}"
            queue.taskDone()
            joiner.await()
            shouldThrow<IllegalArgumentException> { queue.taskDone() }
        }
        events shouldBe listOf("0 items, refused [QueueShutDownException]", "joined")
    }

    @Test
    fun immediateShutdownWakesWhoJoins() {
        inVirtualTime {
            val queue = Queue<Int>()
            queue.put(1)
            val joiner =
                createTask {
                    queue.join()
                    events += "joined"
                }
            passes(1)
            queue.shutdown(immediate = true)
            joiner.await()
        }
        events shouldBe listOf("joined")
    }

    @Test
    fun fullQueueSaysThatItIsShutDownAndNotThatItIsFull() {
        val queue = Queue<Int>(maxSize = 1)
        queue.putNoWait(1)
        queue.shutdown()
        shouldThrow<QueueShutDownException> { queue.putNoWait(2) }
        queue.getNoWait() shouldBe 1
        shouldThrow<QueueShutDownException> { queue.getNoWait() }
    }

    @Test
    fun everyWaitingGetterIsTold() =
        inVirtualTime {
            val queue = Queue<Int>()
            val getters = List(3) { createTask { queue.get() } }
            passes(1)
            queue.shutdown()
            getters.forEach { shouldThrow<QueueShutDownException> { it.await() } }
        }

    @Test
    fun everyWaitingPutterIsTold() =
        inVirtualTime {
            val queue = Queue<Int>(maxSize = 1)
            queue.put(0)
            val putters = List(3) { createTask { queue.put(it) } }
            passes(1)
            queue.shutdown()
            putters.forEach { shouldThrow<QueueShutDownException> { it.await() } }
            queue.size() shouldBe 1
        }

    @Test
    fun getterThatWasGivenAnItemBeforeTheShutdownGetsIt() =
        inVirtualTime {
            val queue = Queue<Int>()
            val getter = createTask { queue.get() }
            passes(1)
            queue.putNoWait(1)
            queue.shutdown()
            getter.await() shouldBe 1
        }

    @Test
    fun shutdownMayBeRepeatedAndMadeImmediate() =
        inVirtualTime {
            val queue = Queue<Int>()
            queue.put(1)
            queue.shutdown()
            queue.shutdown(immediate = true)
            queue.size() shouldBe 0
            queue.join()
        }
}
