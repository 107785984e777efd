package dev.tandem.internal

import java.util.PriorityQueue

/**
 * The loop's timers, ordered by time and then by the order in which they were set. Loop thread only.
 *
 * A cancelled timer stays until it comes to the top, or until more than half of a large heap is cancelled: removing
 * it at once would cost a search, and most cancelled timers are time limits that were not needed.
 */
internal class TimerHeap {
    private val heap = PriorityQueue<ScheduledTimer>()
    private var nextSequence = 0L
    private var cancelledCount = 0

    fun add(timer: ScheduledTimer) {
        timer.sequence = nextSequence++
        heap.add(timer)
    }

    /** Returns when the next timer is due, or [NEVER]. */
    fun nextNanos(): Long {
        while (true) {
            val first = heap.peek() ?: return NEVER
            if (!first.cancelled()) return first.whenNanos
            remove(first)
        }
    }

    /** Moves the timers that are due at [nowNanos] to the end of [ready]. */
    fun takeDue(
        nowNanos: Long,
        ready: ArrayDeque<Runnable>,
    ) {
        while (nextNanos() <= nowNanos) {
            val due = heap.poll()
            due.inHeap = false
            ready.addLast(due)
        }
    }

    fun onCancelled() {
        cancelledCount++
        if (heap.size > PURGE_SIZE && cancelledCount > heap.size / 2) {
            heap.removeIf { it.cancelled() }
            cancelledCount = 0
        }
    }

    fun clear() {
        heap.clear()
    }

    private fun remove(first: ScheduledTimer) {
        heap.poll()
        first.inHeap = false
        cancelledCount--
    }

    companion object {
        const val NEVER: Long = Long.MAX_VALUE

        private const val PURGE_SIZE = 100
    }
}
