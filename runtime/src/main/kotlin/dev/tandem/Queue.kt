package dev.tandem

import dev.tandem.internal.WaiterQueue

/**
 * A queue between tasks, first in first out; a bounded one makes who puts wait.
 *
 * **Cancellation.** A cancelled [get] takes nothing, a cancelled [put] adds nothing, and a wake-up that came with the
 * cancellation goes to the next. **Threading.** Tasks of one loop. **Python.** `asyncio.Queue`.
 *
 * ```
 * val jobs = Queue<Job>(maxSize = 100)
 * createTask { while (true) { run(jobs.get()); jobs.taskDone() } }
 * jobs.put(job)
 * jobs.join()
 * ```
 */
public open class Queue<T>
    @JvmOverloads
    constructor(
        /** How many items the queue holds before [put] waits; zero or less: no limit. */
        public val maxSize: Int = 0,
    ) {
        private val items = ArrayDeque<T>()
        private val getters = WaiterQueue(this)
        private val putters = WaiterQueue(this)
        private var unfinished = 0
        private val finished = Event().apply { set() }
        private var isShutDown = false

        /** Returns how many items are in the queue. **Python.** `qsize()`. */
        public open fun size(): Int = items.size

        /** Returns whether the queue has no items. */
        public fun empty(): Boolean = size() == 0

        /** Returns whether [put] would have to wait. */
        public fun full(): Boolean = maxSize > 0 && size() >= maxSize

        /**
         * Adds [item], waiting until there is room.
         *
         * @throws QueueShutDownException if the queue is shut down, also meanwhile.
         */
        public suspend fun put(item: T) {
            while (full()) {
                if (isShutDown) throw shutDown()
                putters.await(onCancelled = { wasWoken -> if (wasWoken && !full()) putters.wakeNext() })
            }
            putNoWait(item)
        }

        /**
         * Adds [item] at once.
         *
         * @throws QueueFullException if there is no room.
         * @throws QueueShutDownException if the queue is shut down.
         */
        public fun putNoWait(item: T) {
            checkTurn("putNoWait")
            if (isShutDown) throw shutDown()
            if (full()) throw QueueFullException("The queue holds $maxSize items already; put() waits for room.")
            add(item)
            unfinished++
            finished.clear()
            getters.wakeNext()
        }

        /**
         * Takes an item, waiting until there is one.
         *
         * @throws QueueShutDownException if the queue is shut down and empty, also meanwhile.
         */
        public suspend fun get(): T {
            while (empty()) {
                if (isShutDown) throw shutDown()
                getters.await(onCancelled = { wasWoken -> if (wasWoken && !empty()) getters.wakeNext() })
            }
            return getNoWait()
        }

        /**
         * Takes an item at once.
         *
         * @throws QueueEmptyException if there is none.
         * @throws QueueShutDownException if there is none and the queue is shut down.
         */
        public fun getNoWait(): T {
            checkTurn("getNoWait")
            if (empty() && isShutDown) throw shutDown()
            if (empty()) throw QueueEmptyException("The queue is empty; get() waits for an item.")
            return take().also { putters.wakeNext() }
        }

        /**
         * Says that the work on one item that was taken is done; [join] waits for that.
         *
         * @throws IllegalArgumentException if it was said for every item already.
         */
        public fun taskDone() {
            require(unfinished > 0) { "taskDone() was called more often than items were put." }
            onFinished()
        }

        /** Waits until [taskDone] was called for every item that was ever put. */
        public suspend fun join() {
            if (unfinished > 0) finished.await()
        }

        /**
         * Closes the queue, for good: from now on [put] fails, and [get] fails once the queue is empty. Those that wait
         * are told. With [immediate], the items in the queue are dropped and count as done; one that was taken still
         * waits for its [taskDone].
         */
        public fun shutdown(immediate: Boolean = false) {
            checkTurn("shutdown")
            isShutDown = true
            if (immediate) {
                while (!empty()) {
                    take()
                    if (unfinished > 0) onFinished()
                }
                if (unfinished == 0) finished.set()
            }
            getters.wakeAll()
            putters.wakeAll()
        }

        private fun checkTurn(call: String) {
            getters.checkTurn(call)
            putters.checkTurn(call)
        }

        /** Stores [item]; for queues that keep another order, with [take] and [size]. */
        protected open fun add(item: T) {
            items.addLast(item)
        }

        /** Removes the item that is next. */
        protected open fun take(): T = items.removeFirst()

        private fun onFinished() {
            if (--unfinished == 0) finished.set()
        }

        private fun shutDown() = QueueShutDownException("The queue is shut down.")

        override fun toString(): String =
            "${javaClass.simpleName}(${size()} items, ${getters.size} getting, ${putters.size} putting)"
    }

/**
 * A queue that gives the smallest item first: by [comparator], or else by the items' natural order. Equal items come
 * out in no particular order. An item that cannot be compared is refused by [put] and [putNoWait] with the exception
 * of the comparison.
 *
 * **Python.** `asyncio.PriorityQueue`.
 */
public class PriorityQueue<T>
    @JvmOverloads
    constructor(
        maxSize: Int = 0,
        comparator: Comparator<in T>? = null,
    ) : Queue<T>(maxSize) {
        private val heap = java.util.PriorityQueue(comparator)

        override fun size(): Int = heap.size

        override fun add(item: T) {
            heap.add(item)
        }

        override fun take(): T = heap.remove()
    }

/** A queue that gives the newest item first. **Python.** `asyncio.LifoQueue`. */
public class LifoQueue<T>
    @JvmOverloads
    constructor(
        maxSize: Int = 0,
    ) : Queue<T>(maxSize) {
        private val stack = ArrayDeque<T>()

        override fun size(): Int = stack.size

        override fun add(item: T) {
            stack.addLast(item)
        }

        override fun take(): T = stack.removeLast()
    }
