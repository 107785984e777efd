package dev.tandem.internal

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater
import java.util.concurrent.locks.LockSupport

/**
 * Which thread may touch a loop's state: one at a time, the one that has the turn.
 *
 * While the loop runs, the turn starts with the thread that runs it and is passed on from holder to holder: so a task
 * whose code needs a thread of its own runs there while the others stand still. While it does not run, its [home] may
 * touch it.
 *
 * The turn is also what threads wait for. It is written before the next holder is woken, and read again after each
 * wake-up, so that no turn is lost and a wake-up for no reason does no harm; what the holders tell each other in plain
 * fields is ordered by it. Any thread may call what asks; [pass] and [lend] are for the holder.
 */
internal class Turn {
    @Volatile
    var holder: Thread? = null
        private set

    /** The thread that made the loop, or ran it last. */
    @Volatile
    var home: Thread = Thread.currentThread()
        private set

    /** Held by [home] while it uses a loop that does not run, so that no other thread starts it meanwhile. */
    private val startLock = Any()

    /** Whether the loop runs. */
    val isTaken: Boolean get() = holder != null

    /** Makes the calling thread the home of a loop that does not run. */
    fun moveHome() {
        synchronized(startLock) { home = Thread.currentThread() }
    }

    /** The loop starts to run, on the calling thread. */
    fun take() {
        synchronized(startLock) {
            home = Thread.currentThread()
            holder = home
        }
    }

    /** The run has ended. Called by [home], which has the turn. */
    fun giveUp() {
        holder = null
    }

    /** Gives the turn to [thread], which waits for it. The calling thread goes on without it. */
    fun pass(thread: Thread) {
        holder = thread
        LockSupport.unpark(thread)
    }

    /**
     * Gives the turn to [thread], which the calling thread itself runs: it needs no waking, and no other thread may think
     * now or later that the turn is its own, so that the write may reach it late.
     */
    fun lend(thread: Thread) {
        HOLDER.lazySet(this, thread)
    }

    fun isMine(): Boolean = holder === Thread.currentThread()

    /** Waits until the calling thread has the turn. Returns whether it was interrupted meanwhile. */
    fun await(): Boolean {
        var interrupted = false
        while (!isMine()) {
            LockSupport.park(this)
            interrupted = Thread.interrupted() || interrupted
        }
        return interrupted
    }

    /** Whether the calling thread may change the loop's state now. */
    fun mayTouch(): Boolean = isMine() || (!isTaken && Thread.currentThread() === home)

    /** Calls [action] and returns true if the calling thread may change the loop's state now. */
    inline fun actHere(action: () -> Unit): Boolean {
        if (isMine()) {
            action()
            return true
        }
        return Thread.currentThread() === home && synchronized(startLock) { !isTaken.also { if (!it) action() } }
    }

    private companion object {
        val HOLDER: AtomicReferenceFieldUpdater<Turn, Thread> =
            AtomicReferenceFieldUpdater.newUpdater(Turn::class.java, Thread::class.java, "holder")
    }
}
