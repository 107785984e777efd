package dev.tandem

import io.kotest.matchers.shouldBe
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** The unit in which the peers of a victim act, so that [HandOffTest] can strike exactly then. */
internal val TICK: Duration = 1.seconds

/** Counts how far a victim came: each of its suspensions, or group of them, ends with [next]. */
internal class Progress {
    var place = 0
        private set

    fun next() {
        place++
    }
}

/** One run of a case: [victim] is disturbed somewhere, and [afterwards] checks that nothing was lost. */
internal class Attempt(
    val victim: suspend (Progress) -> Unit,
    val afterwards: suspend () -> Unit,
)

/** One primitive or waiting function; [prepare] makes new objects and starts the tasks that share them. */
internal class HandOffCase(
    val name: String,
    val isDeterministic: Boolean = true,
    val prepare: suspend () -> Attempt,
)

/** The primitives that hand something over. */
internal val primitiveCases: List<HandOffCase> =
    listOf(
        HandOffCase("lock") {
            val lock = Lock()
            val before = createTask { lock.withLock { sleep(TICK) } }
            val behind =
                createTask {
                    passes(2)
                    repeat(2) { lock.withLock { sleep(TICK) } }
                }
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        lock.withLock {
                            progress.next()
                            sleep(TICK)
                        }
                        progress.next()
                    }
                },
                afterwards = {
                    gather(before, behind).await()
                    "$lock" shouldBe "Lock(unlocked, 0 waiting)"
                },
            )
        },
        HandOffCase("semaphore") {
            val semaphore = BoundedSemaphore(1)
            val before = createTask { semaphore.withPermit { sleep(TICK) } }
            val behind =
                createTask {
                    passes(2)
                    repeat(2) { semaphore.withPermit { sleep(TICK) } }
                }
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        semaphore.withPermit {
                            progress.next()
                            sleep(TICK)
                        }
                        progress.next()
                    }
                },
                afterwards = {
                    gather(before, behind).await()
                    "$semaphore" shouldBe "BoundedSemaphore(1 free, 0 waiting)"
                },
            )
        },
        HandOffCase("condition") {
            val condition = Condition()
            var stock = 0

            suspend fun takeOne() =
                condition.withLock {
                    condition.await { stock > 0 }
                    stock--
                }
            val rival = createTask { while (true) takeOne() }
            val producer =
                createTask {
                    repeat(4) {
                        sleep(TICK)
                        condition.withLock {
                            stock++
                            condition.signal()
                        }
                    }
                }
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        takeOne()
                        progress.next()
                    }
                },
                afterwards = {
                    producer.await()
                    passes(10)
                    stock shouldBe 0
                    rival.cancel()
                    wait(listOf(rival))
                    "$condition" shouldBe "Condition(unlocked, 0 waiting)"
                },
            )
        },
        HandOffCase("barrier") {
            val barrier = Barrier(2)
            val partner =
                createTask {
                    sleep(TICK)
                    barrier.await()
                }
            Attempt(
                victim = { progress ->
                    barrier.await()
                    progress.next()
                },
                afterwards = {
                    sleep(TICK * 2)
                    if (!partner.done()) barrier.await()
                    partner.await()
                    "$barrier" shouldBe "Barrier(filling, 0 of 2)"
                },
            )
        },
        HandOffCase("queue.get") {
            val queue = Queue<Int>()
            val taken = mutableListOf<Int>()
            val producer =
                createTask {
                    repeat(4) {
                        sleep(TICK)
                        queue.put(it)
                    }
                }
            val rival =
                createTask {
                    passes(2)
                    while (true) taken += queue.get()
                }
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        taken += queue.get()
                        progress.next()
                    }
                },
                afterwards = {
                    producer.await()
                    passes(10)
                    taken.sorted() shouldBe listOf(0, 1, 2, 3)
                    rival.cancel()
                    wait(listOf(rival))
                    "$queue" shouldBe "Queue(0 items, 0 getting, 0 putting)"
                },
            )
        },
        HandOffCase("queue.put") {
            val queue = Queue<Int>(maxSize = 1)
            queue.putNoWait(0)
            val put = mutableListOf(0)
            val taken = mutableListOf<Int>()

            suspend fun putOne(item: Int) {
                queue.put(item)
                put += item
            }
            val consumer =
                createTask {
                    while (true) {
                        sleep(TICK)
                        taken += queue.get()
                    }
                }
            val rival =
                createTask {
                    passes(2)
                    listOf(10, 20).forEach { putOne(it) }
                }
            Attempt(
                victim = { progress ->
                    listOf(1, 2, 3).forEach {
                        putOne(it)
                        progress.next()
                    }
                },
                afterwards = {
                    rival.await()
                    sleep(TICK * 10)
                    taken shouldBe put
                    consumer.cancel()
                    wait(listOf(consumer))
                    "$queue" shouldBe "Queue(0 items, 0 getting, 0 putting)"
                },
            )
        },
        HandOffCase("queue.join") {
            val queue = Queue<Int>()
            repeat(2, queue::putNoWait)
            val worker =
                createTask {
                    repeat(2) {
                        sleep(TICK)
                        queue.get()
                        queue.taskDone()
                    }
                }
            Attempt(
                victim = { progress ->
                    queue.join()
                    progress.next()
                },
                afterwards = {
                    worker.await()
                    queue.join()
                },
            )
        },
        HandOffCase("event") {
            val event = Event()
            val setter =
                createTask {
                    sleep(TICK)
                    event.set()
                }
            val other = createTask { event.await() }
            Attempt(
                victim = { progress ->
                    event.await()
                    progress.next()
                },
                afterwards = {
                    gather(setter, other).await()
                    "$event" shouldBe "Event(set, 0 waiting)"
                },
            )
        },
    )
