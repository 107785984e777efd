package dev.tandem

/**
 * Lets a fixed number of tasks wait for each other: when the last one arrives, all go on, and the barrier can be used
 * again.
 *
 * **Cancellation.** A task cancelled while it waits no longer counts; the others wait on. **Threading.** Tasks of one
 * loop. **Python.** `asyncio.Barrier`; `wait` is called [await] here.
 *
 * @throws IllegalArgumentException if [parties] is less than one.
 */
public class Barrier(
    /** How many tasks the barrier waits for. */
    public val parties: Int,
) {
    /**
     * | state     | who arrives                        | ends when                      |
     * |-----------|------------------------------------|--------------------------------|
     * | FILLING   | counts, and waits                  | the last of [parties] arrives  |
     * | DRAINING  | waits until FILLING                | all that waited have left      |
     * | RESETTING | waits until FILLING                | all that waited have left      |
     * | BROKEN    | fails                              | [reset] with nobody inside     |
     */
    private enum class State { FILLING, DRAINING, RESETTING, BROKEN }

    private var state = State.FILLING
    private var inside = 0
    private val condition = Condition()

    init {
        require(parties >= 1) { "A barrier needs at least one party, not $parties." }
    }

    /** How many tasks wait for the barrier to fill. **Python.** `n_waiting`. */
    public val waitingCount: Int get() = if (state == State.FILLING) inside else 0

    /** Whether [abort] was called and [reset] was not. **Python.** `broken`. */
    public val isBroken: Boolean get() = state == State.BROKEN

    /**
     * Waits until [parties] tasks have called this, and returns how many had arrived before this one.
     *
     * @throws BrokenBarrierException if the barrier is broken, or is aborted or reset meanwhile.
     */
    public suspend fun await(): Int =
        condition.withLock {
            awaitFilling()
            try {
                val index = inside++
                if (index + 1 == parties) release() else awaitRelease()
                index
            } finally {
                inside--
                onLeft()
            }
        }

    /**
     * Makes all that wait fail with [BrokenBarrierException], and the barrier usable (again). Who came while the last
     * round was still leaving waits on, for the next.
     */
    public suspend fun reset() {
        condition.withLock {
            state = if (inside > 0) State.RESETTING else State.FILLING
            condition.signalAll()
        }
    }

    /** Makes all that wait, and all that come until a [reset], fail with [BrokenBarrierException]. */
    public suspend fun abort() {
        condition.withLock {
            state = State.BROKEN
            condition.signalAll()
        }
    }

    private suspend fun awaitFilling() {
        condition.await { state != State.DRAINING && state != State.RESETTING }
        if (state == State.BROKEN) throw BrokenBarrierException("The barrier was aborted.")
    }

    private fun release() {
        state = State.DRAINING
        condition.signalAll()
    }

    private suspend fun awaitRelease() {
        condition.await { state != State.FILLING }
        if (state == State.BROKEN) throw BrokenBarrierException("The barrier was aborted while this task waited.")
        if (state == State.RESETTING) throw BrokenBarrierException("The barrier was reset while this task waited.")
    }

    private fun onLeft() {
        if (inside > 0) return
        if (state == State.RESETTING || state == State.DRAINING) state = State.FILLING
        condition.signalAll()
    }

    override fun toString(): String = "Barrier(${state.name.lowercase()}, $inside of $parties)"
}
