package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.TimerHandle
import java.io.IOException
import kotlin.time.Duration

/**
 * Tries [targets] in their order until one succeeds: RFC 8305 without the networking. Loop thread only.
 *
 * The next attempt begins when the latest has failed, or has gone on for [delay] (null: only when it has failed). The
 * first success wins, and ends all others in the same turn. An attempt is begun by [start], which returns at once.
 */
internal class StaggeredRace<T, R : Any>(
    private val loop: EventLoop,
    private val targets: List<T>,
    private val delay: Duration?,
    private val start: (T, Attempt<R>) -> Unit,
) {
    private val attempts = ArrayList<Attempt<R>>(targets.size)
    private val outcome: Future<R?> = loop.createFuture()
    private var timer: TimerHandle? = null

    /** Why each target failed that has; in the order of the targets. */
    val failures: List<IOException?> get() = attempts.map { it.failure }

    /**
     * Returns the result of the first success, or null when all have failed.
     *
     * When it throws, which is at a cancellation, no attempt is left, nor a success that nobody has taken.
     */
    suspend fun run(): R? {
        try {
            startNext()
            return outcome.await()
        } catch (e: Throwable) {
            timer?.cancel()
            attempts.forEach { it.abandon() }
            throw e
        }
    }

    private fun startNext() {
        timer?.cancel()
        while (attempts.size < targets.size) {
            val attempt = Attempt(::settle)
            attempts += attempt
            start(targets[attempts.lastIndex], attempt)
            if (attempt.result != null) return
            if (attempt.failure == null) return setTimer()
        }
        if (attempts.all { it.failure != null }) outcome.complete(null)
    }

    private fun setTimer() {
        if (delay != null && attempts.size < targets.size) timer = loop.callLater(delay) { startNext() }
    }

    private fun settle(attempt: Attempt<R>) {
        val result = attempt.result
        when {
            result != null -> {
                timer?.cancel()
                attempts.forEach { if (it !== attempt) it.abandon() }
                outcome.complete(result)
            }
            attempt === attempts.last() && !attempt.isStarting -> startNext()
            attempts.size == targets.size && attempts.all { it.failure != null } -> outcome.complete(null)
        }
    }
}

/** One attempt of a [StaggeredRace]. Whoever makes it calls [succeed] or [fail] once, unless it is abandoned before. */
internal class Attempt<R : Any>(
    private val settle: (Attempt<R>) -> Unit,
) {
    var result: R? = null
        private set
    var failure: IOException? = null
        private set

    private var onAbandon: (() -> Unit)? = null

    /** Whether what [begin] runs is on the stack. */
    var isStarting = false
        private set

    /** Runs [body], which makes the attempt or its beginning; [undo] takes all back, also a success. */
    fun begin(
        undo: () -> Unit,
        body: () -> Unit,
    ) {
        onAbandon = undo
        isStarting = true
        try {
            body()
        } finally {
            isStarting = false
        }
    }

    fun succeed(result: R) {
        this.result = result
        settle(this)
    }

    fun fail(reason: IOException) {
        failure = reason
        settle(this)
    }

    fun abandon() {
        if (failure == null) onAbandon?.invoke()
    }
}
