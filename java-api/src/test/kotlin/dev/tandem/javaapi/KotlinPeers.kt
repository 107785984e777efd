package dev.tandem.javaapi

import dev.tandem.ContextVar
import dev.tandem.Coroutine
import dev.tandem.coroutine
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** What Kotlin code does with an object that it shares with Java code. */
object KotlinPeers {
    /** Holds [lock] for a second. */
    @JvmStatic
    fun holding(
        lock: dev.tandem.Lock,
        log: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            lock.withLock {
                log += "kotlin holds at ${KotlinFrames.time()}"
                sleep(1.seconds)
            }
        }

    /** Holds a permit of [semaphore] for a second. */
    @JvmStatic
    fun holding(
        semaphore: dev.tandem.Semaphore,
        log: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            semaphore.withPermit {
                log += "kotlin holds at ${KotlinFrames.time()}"
                sleep(1.seconds)
            }
        }

    /** Waits for [event]. */
    @JvmStatic
    fun waitingFor(
        event: dev.tandem.Event,
        log: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            event.await()
            log += "kotlin goes on at ${KotlinFrames.time()}"
        }

    /** Adds to [stock] and announces that by [condition]. */
    @JvmStatic
    fun producing(
        condition: dev.tandem.Condition,
        stock: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            condition.withLock {
                stock += "made in Kotlin"
                condition.signal()
            }
        }

    /** Meets others at [barrier] and gives how many came before. */
    @JvmStatic
    fun meetingAt(barrier: dev.tandem.Barrier): Coroutine<Int> = coroutine { barrier.await() }

    /** Puts [items] one by one. */
    @JvmStatic
    fun putting(
        queue: dev.tandem.Queue<String>,
        items: List<String>,
    ): Coroutine<Unit> = coroutine { items.forEach { queue.put(it) } }

    /** Takes items from [queue] for ever. */
    @JvmStatic
    fun taking(
        queue: dev.tandem.Queue<String>,
        log: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            while (true) {
                log += "kotlin got ${queue.get()}"
                queue.taskDone()
            }
        }

    /** Sets [variable] and gives what it was. */
    @JvmStatic
    fun setting(
        variable: ContextVar<String>,
        value: String,
    ): Coroutine<String> =
        coroutine {
            val before = variable.get()
            sleep(1.seconds)
            variable.set(value)
            before
        }
}
