package dev.tandem.internal

import dev.tandem.Clock
import dev.tandem.ExceptionContext
import dev.tandem.Handle
import dev.tandem.SystemClock
import dev.tandem.Task
import dev.tandem.VirtualClock
import dev.tandem.isFatal

/**
 * asyncio's cycle: one pass after the other, each with what other threads handed over, the channels that are ready, the
 * timers that are due, and then exactly the entries that are ready at that point.
 *
 * **Who drives it.** The thread that runs the loop, until somebody stops it. Code of a task that stands on a thread of
 * its own may drive it as well, while it waits ([lead]): when the very next thing to do is to go on with that code, no
 * thread has to be switched. The turn then moves on only to code that waits on another thread ([succeed]), and to the
 * thread that runs the loop when the run is over.
 *
 * Owner: whoever has the turn.
 */
internal class Cycle(
    private val loop: SingleThreadLoop,
    private val clock: Clock,
    private val turn: Turn,
) {
    private val ready = ArrayDeque<Runnable>()
    val readiness = ChannelReadiness(loop)
    val inbox = ThreadsafeInbox(readiness::wakeUp)
    val timers = TimerHeap()

    private val slowCallbacks = SlowCallbackWatch(limit = { loop.slowCallbackDuration }, loopThread = { turn.holder })

    /** How many entries of the current pass have not run yet. */
    private var leftInPass = 0

    private var stopping = false

    /** Takes the turn when the entry that runs has returned; see [succeed]. */
    private var successor: Runnable? = null

    /** The step that [successor] goes on in, and which therefore stays open. */
    private var continuedStep: TaskStep<*>? = null

    /** The outermost step of a task that is being taken now. */
    @JvmField
    var openStep: TaskStep<*>? = null

    /** What ended the cycle on a thread that does not run the loop. */
    private var failure: Throwable? = null

    /** Threads that were interrupted while they drove the cycle, which means nothing to it. Usually empty. */
    private val interrupted = HashSet<Thread>(0)

    // ---- entries --------------------------------------------------------------------------------------------------

    /** The hot path: puts [entry] at the end of the ready queue. */
    fun enqueue(entry: Runnable) {
        ready.addLast(entry)
    }

    /** Takes [entry] out of the ready queue again, if it is there. A search: not for the ordinary course of things. */
    fun remove(entry: Runnable) {
        ready.remove(entry)
    }

    fun stop() {
        stopping = true
    }

    /** Drops what is queued, but for what other threads rely on: completions that are handed over or to be announced. */
    fun settle() {
        synchronized(inbox) {
            inbox.drainTo(ready)
            val settlements = ready.filterIsInstance<Settlement>()
            ready.clear()
            settlements.forEach { it.run() }
        }
    }

    /** The loop is closed. */
    fun close() {
        settle()
        timers.clear()
        readiness.close()
    }

    // ---- driving --------------------------------------------------------------------------------------------------

    /** Runs pass after pass until [stop], whose pass is finished. The thread that runs the loop. */
    fun run() {
        try {
            do {
                beginPass()
                while (leftInPass > 0) {
                    if (runNext()) awaitTurn()
                }
            } while (!stopping)
        } finally {
            stopping = false
            slowCallbacks.close()
            restoreInterrupt()
        }
    }

    /**
     * Drives the cycle on a thread whose code waits, until the turn is somebody else's, or until that code itself is
     * what comes next. The caller then waits for the turn, which it may have already.
     */
    fun lead() {
        try {
            // What the end of the step has set going may be the very code that stands here.
            if (startSuccessor()) return
            while (leftInPass > 0 || !stopping) {
                if (leftInPass == 0) beginPass()
                if (leftInPass > 0 && runNext()) return
            }
        } catch (e: Throwable) {
            failure = e
        } finally {
            restoreInterrupt()
        }
        turn.pass(turn.home)
    }

    /**
     * Lets [code] have the turn when the entry that runs now has returned: code on another thread, or below on this one.
     * What it does belongs to the step of [task] that is being taken, which stays open until [leaveStep].
     *
     * Returns false where this is not possible, because the step of another task is under way, or code is to have the
     * turn already, or entries are timed: then it has to run inside of this entry. [must] says that it cannot, since it
     * stands on this stack; it then goes on outside of the step.
     */
    fun succeed(
        code: Runnable,
        task: Task<*>?,
        must: Boolean,
    ): Boolean {
        if (successor != null) {
            if (must) enqueue(Runnable { succeed(code, task, true) })
            return must
        }
        val step = openStep
        when {
            step != null && step.isInnermostStepOf(task) && !loop.debug -> continuedStep = step
            !must -> return false
        }
        successor = code
        return true
    }

    /** Whether [step], whose frames are gone, goes on elsewhere. */
    fun isContinued(step: TaskStep<*>): Boolean = continuedStep === step

    /** The code that went on with a step waits or has ended, unless the step goes on yet elsewhere. */
    fun leaveStep() {
        val step = openStep
        if (step != null && continuedStep !== step) step.leave()
    }

    /** Code that had the turn as a successor has ended: runs [rest], the end of its entry, in its place. */
    fun endEntry(rest: Runnable) {
        try {
            guard(rest)
        } catch (e: Throwable) {
            failure = e
        }
        leaveStep()
    }

    /** A thread that has nothing more to run gives the turn to whoever comes next. */
    fun passOn() {
        if (failure != null || !startSuccessor()) turn.pass(turn.home)
    }

    // ---- one pass -------------------------------------------------------------------------------------------------

    private fun beginPass() {
        inbox.drainTo(ready)
        if (ready.isNotEmpty() || stopping) readiness.poll() else idle()
        inbox.drainTo(ready)
        // To read the clock costs as much as a short entry.
        if (timers.nextNanos() != TimerHeap.NEVER) timers.takeDue(clock.nanoTime(), ready)
        leftInPass = ready.size
    }

    /** Nothing is ready: waits for a channel, another thread, or the next timer. */
    private fun idle() {
        val next = timers.nextNanos()
        when (clock) {
            SystemClock -> sleepUntil(next)
            is VirtualClock -> {
                readiness.poll()
                when {
                    ready.isNotEmpty() -> return
                    loop.executor.isBusy -> sleepUntil(TimerHeap.NEVER)
                    next != TimerHeap.NEVER -> clock.advanceTo(next)
                    readiness.isAwaited || mayBeCalledFromOutside() -> sleepUntil(TimerHeap.NEVER)
                    else -> throw IllegalStateException(describeDeadlock())
                }
            }
        }
    }

    private fun sleepUntil(nanos: Long) {
        val timeout = if (nanos == TimerHeap.NEVER) TimerHeap.NEVER else nanos - clock.nanoTime()
        if (timeout <= 0) readiness.poll() else inbox.sleepUnlessFilled { readiness.select(timeout) }
        // With the flag set no select would wait any more, and the loop would spin.
        if (Thread.interrupted()) interrupted.add(Thread.currentThread())
    }

    /** Whether code that is not the loop's own may yet go on: another library's future, or kotlinx on its threads. */
    private fun mayBeCalledFromOutside() = loop.foreignStages > 0 || loop.tasks.toList().any { it.isSuspendedByKotlinx }

    private fun describeDeadlock(): String =
        "Nothing can ever happen again: no call is ready, no timer is set, and nothing waits for a channel or thread." +
            loop.tasks.toList().joinToString("") { "\n  $it" }

    /** Returns true if the turn is now that of somebody's code. */
    private fun runNext(): Boolean {
        leftInPass--
        val entry = ready.removeFirst()
        if (loop.debug) slowCallbacks.measure(entry) { runEntry(entry) } else runEntry(entry)
        return successor != null && startSuccessor()
    }

    private fun runEntry(entry: Runnable) {
        loop.currentContext = loop.ownContext
        guard(entry)
    }

    /** Runs [entry]; only an error of the JVM itself comes out of it. */
    private fun guard(entry: Runnable) {
        try {
            entry.run()
        } catch (e: Throwable) {
            if (e.isFatal()) throw e
            loop.callExceptionHandler(ExceptionContext("Exception in callback $entry", e, handle = entry as? Handle))
        }
    }

    private fun startSuccessor(): Boolean {
        val code = successor ?: return false
        successor = null
        continuedStep = null
        code.run()
        return true
    }

    /** The thread that runs the loop has given the turn away, and gets it back if only to learn that the run is over. */
    private fun awaitTurn() {
        if (turn.await()) interrupted.add(Thread.currentThread())
        failure?.let {
            failure = null
            throw it
        }
    }

    private fun restoreInterrupt() {
        if (interrupted.isNotEmpty() && interrupted.remove(Thread.currentThread())) Thread.currentThread().interrupt()
    }
}

/** A step in completing a future that is taken even if the loop is closed first, since threads may wait for it. */
internal class Settlement(
    private val action: () -> Unit,
) : Runnable {
    override fun run() = action()
}
