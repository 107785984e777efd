package dev.tandem.internal

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicBoolean

/**
 * The only door through which other threads reach the loop.
 *
 * Invariant: an entry added while the loop sleeps, or is about to, is followed by a wake-up. The loop announces its
 * sleep before it looks for entries a last time, a producer adds its entry before it looks whether the loop sleeps, so
 * at least one of them sees the other. Whoever turns [asleep] off does the waking: at most one wake-up a sleep.
 */
internal class ThreadsafeInbox(
    private val wakeUp: () -> Unit,
) {
    private val entries = ConcurrentLinkedQueue<Runnable>()
    private val asleep = AtomicBoolean(false)

    /** Any thread. */
    fun add(entry: Runnable) {
        entries.add(entry)
        if (asleep.get() && asleep.compareAndSet(true, false)) wakeUp()
    }

    /** Loop thread. Moves what has arrived to the end of [ready]. */
    fun drainTo(ready: ArrayDeque<Runnable>) {
        while (true) ready.addLast(entries.poll() ?: return)
    }

    /** Loop thread. Calls [sleep] unless something is here already; what arrives meanwhile ends it. */
    inline fun sleepUnlessFilled(sleep: () -> Unit) {
        asleep.set(true)
        try {
            if (entries.isEmpty()) sleep()
        } finally {
            asleep.set(false)
        }
    }
}
