package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

class QueueTest {
    private val events = mutableListOf<String>()

    @Test
    fun itemsComeOutInTheOrderInWhichTheyWentIn() =
        inVirtualTime {
            val queue = Queue<Int>()
            listOf(1, 2, 3).forEach { queue.put(it) }
            List(3) { queue.get() } shouldBe listOf(1, 2, 3)
        }

    @Test
    fun getWaitsForAnItem() {
        inVirtualTime {
            val queue = Queue<Int>()
            val getter = createTask { events += "got ${queue.get()}" }
            passes(2)
            events += "put"
            queue.put(1)
            getter.await()
        }
        events shouldBe listOf("put", "got 1")
    }

    @Test
    fun putWaitsForRoom() {
        inVirtualTime {
            val queue = Queue<Int>(maxSize = 1)
            val putter =
                createTask {
                    listOf(1, 2).forEach {
                        queue.put(it)
                        events += "put $it"
                    }
                }
            passes(2)
            events += "got ${queue.get()}"
            putter.await()
        }
        events shouldBe listOf("put 1", "got 1", "put 2")
    }

    @Test
    fun gettersAreServedInTheOrderInWhichTheyCame() {
        inVirtualTime {
            val queue = Queue<Int>()
            val getters = listOf("a", "b").map { name -> createTask { events += "$name ${queue.get()}" } }
            passes(1)
            listOf(1, 2).forEach(queue::putNoWait)
            gather(getters).await()
        }
        events shouldBe listOf("a 1", "b 2")
    }

    @Test
    fun getterWhoseItemIsTakenBeforeItRunsWaitsForTheNextOne() {
        inVirtualTime {
            val queue = Queue<Int>()
            val getter = createTask { events += "got ${queue.get()}" }
            passes(1)
            queue.putNoWait(1)
            events += "taken ${queue.getNoWait()}"
            passes(2)
            queue.putNoWait(2)
            getter.await()
        }
        events shouldBe listOf("taken 1", "got 2")
    }

    @Test
    fun putterWhoseRoomIsFilledBeforeItRunsWaitsForMore() {
        inVirtualTime {
            val queue = Queue<Int>(maxSize = 1)
            queue.putNoWait(1)
            val putter = createTask { queue.put(3) }
            passes(1)
            events += "${queue.getNoWait()}"
            queue.putNoWait(2)
            passes(2)
            events += "${queue.getNoWait()}"
            putter.await()
            events += "${queue.getNoWait()}"
        }
        events shouldBe listOf("1", "2", "3")
    }

    @Test
    fun limitBelowZeroIsNone() {
        val queue = Queue<Int>(maxSize = -1)
        repeat(2, queue::putNoWait)
        queue.full() shouldBe false
    }

    @Test
    fun unboundedQueueIsNeverFull() {
        val queue = Queue<Int>()
        repeat(1000) { queue.putNoWait(it) }
        queue.full() shouldBe false
        queue.size() shouldBe 1000
    }

    @Test
    fun noWaitNeverWaits() {
        val queue = Queue<Int>(maxSize = 1)
        shouldThrow<QueueEmptyException> { queue.getNoWait() }
        queue.putNoWait(1)
        shouldThrow<QueueFullException> { queue.putNoWait(2) }
        queue.getNoWait() shouldBe 1
    }

    @Test
    fun priorityQueueGivesTheSmallestFirst() =
        inVirtualTime {
            val queue = PriorityQueue<Int>()
            listOf(3, 1, 2).forEach { queue.put(it) }
            List(3) { queue.get() } shouldBe listOf(1, 2, 3)
        }

    @Test
    fun priorityQueueTakesAComparator() =
        inVirtualTime {
            val queue = PriorityQueue<String>(comparator = compareBy { it.length })
            listOf("ccc", "a", "bb").forEach { queue.put(it) }
            List(3) { queue.get() } shouldBe listOf("a", "bb", "ccc")
        }

    @Test
    fun priorityQueueRefusesWhatHasNoOrderAndDoesNotCountIt() =
        inVirtualTime {
            val queue = PriorityQueue<Any>()
            shouldThrow<ClassCastException> { queue.put(Any()) }
            queue.join()
            queue.empty() shouldBe true
        }

    @Test
    fun lifoQueueGivesTheNewestFirst() =
        inVirtualTime {
            val queue = LifoQueue<Int>(maxSize = 3)
            listOf(1, 2, 3).forEach { queue.put(it) }
            queue.full() shouldBe true
            List(3) { queue.get() } shouldBe listOf(3, 2, 1)
        }

    @Test
    fun queueMayKeepAnOrderOfItsOwn() =
        inVirtualTime {
            val queue =
                object : Queue<Int>() {
                    private val evenFirst = mutableListOf<Int>()

                    override fun size() = evenFirst.size

                    override fun add(item: Int) {
                        evenFirst.add(item)
                        evenFirst.sortBy { it % 2 }
                    }

                    override fun take() = evenFirst.removeFirst()
                }
            listOf(1, 2, 3, 4).forEach { queue.put(it) }
            List(4) { queue.get() } shouldBe listOf(2, 4, 1, 3)
        }

    @Test
    fun joinWaitsUntilEveryItemIsDoneNotUntilTheQueueIsEmpty() {
        inVirtualTime {
            val queue = Queue<Int>()
            listOf(1, 2).forEach { queue.put(it) }
            val joiner =
                createTask {
                    queue.join()
                    events += "joined"
                }
            repeat(2) { queue.get() }
            passes(2)
            listOf(1, 2).forEach {
                events += "done $it"
                queue.taskDone()
            }
            joiner.await()
        }
        events shouldBe listOf("done 1", "done 2", "joined")
    }

    @Test
    fun joinOfAQueueThatWasNeverUsedReturnsAtOnce() = inVirtualTime { Queue<Int>().join() }

    @Test
    fun taskDoneOncePerItemAndNoMore() {
        val queue = Queue<Int>()
        queue.putNoWait(1)
        queue.taskDone()
        shouldThrow<IllegalArgumentException> { queue.taskDone() }
    }

    // test_queues.py: QueuePutTests.test_get_cancel_drop_one_pending_reader
    @Test
    fun cancelledGetterTakesNoItemWithIt() =
        inVirtualTime {
            val queue = Queue<Int>()
            val getter = createTask { queue.get() }
            passes(1)
            listOf(1, 2).forEach(queue::putNoWait)
            getter.cancel()
            outcomeOf { getter.await() } shouldBe "CancelledException"
            List(2) { queue.get() } shouldBe listOf(1, 2)
        }

    @Test
    fun getterThatWasWokenAndThenCancelledWakesTheNext() {
        inVirtualTime {
            val queue = Queue<Int>()
            val (first, second) =
                listOf("first", "second").map { name ->
                    createTask { events += "$name ${queue.get()}" }
                }
            passes(1)
            queue.putNoWait(1)
            first.cancel()
            second.await()
        }
        events shouldBe listOf("second 1")
    }

    @Test
    fun putterThatWasWokenAndThenCancelledWakesTheNext() {
        inVirtualTime {
            val queue = Queue<String>(maxSize = 1)
            queue.putNoWait("present")
            val (first, second) = listOf("first", "second").map { name -> createTask { queue.put(name) } }
            passes(1)
            queue.getNoWait()
            first.cancel()
            second.await()
            events += queue.getNoWait()
        }
        events shouldBe listOf("second")
    }

    @Test
    fun getWithATimeLimitLosesNoItem() =
        inVirtualTime {
            val queue = Queue<Int>()
            shouldThrow<TimeoutException> { waitFor(1.seconds) { queue.get() } }
            queue.put(1)
            queue.get() shouldBe 1
        }

    @Test
    fun queueShowsItsState() =
        inVirtualTime {
            val queue = LifoQueue<Int>()
            val getter = createTask { queue.get() }
            passes(1)
            "$queue" shouldBe "LifoQueue(0 items, 1 getting, 0 putting)"
            getter.cancel()
        }
}
