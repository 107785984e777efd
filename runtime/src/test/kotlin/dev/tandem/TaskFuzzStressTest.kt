package dev.tandem

import io.kotest.assertions.withClue
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.selects.onTimeout
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.sync.withPermit
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.TimeUnit
import kotlin.coroutines.resume
import kotlin.coroutines.suspendCoroutine
import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.sync.Semaphore as KotlinxSemaphore

/**
 * A task does random things of ours and of kotlinx and catches every cancellation; another task cancels it at random
 * moments. Each cancellation must be thrown exactly once, at some await, and nothing else may be.
 *
 * The seed of a run is printed; `-Dtandem.fuzz.seed=N` runs that one alone. To be run at every upgrade of kotlinx.
 */
class TaskFuzzStressTest {
    @Test
    fun everyCancellationIsDeliveredExactlyOnce() {
        seeds(count = 3).forEach { seed -> Fuzz(seed).run(900.milliseconds) }
    }

    @Test
    @Tag("soak")
    @Timeout(30, unit = TimeUnit.MINUTES)
    fun everyCancellationIsDeliveredExactlyOnceForMinutes() {
        seeds(count = 10).forEach { seed -> Fuzz(seed).run(30.seconds) }
    }

    private fun seeds(count: Int): List<Int> {
        val given = Integer.getInteger("tandem.fuzz.seed")
        return if (given != null) listOf(given) else List(count) { Random.nextInt() }
    }
}

@OptIn(ExperimentalCoroutinesApi::class)
private class Fuzz(
    private val seed: Int,
) {
    private val random = Random(seed)
    private val mutex = Mutex()
    private val semaphore = KotlinxSemaphore(2)
    private val channel = Channel<Int>(1)
    private val lock = Lock()
    private var holdersOfMutex = 0

    private var stopping = false

    /** A cancellation was requested and not delivered yet. */
    private var outstanding = false
    private var sent = 0
    private var lost = 0
    private var delivered = 0
    private val spurious = mutableListOf<String>()

    private val operations: List<Pair<String, suspend () -> Unit>> =
        listOf(
            "sleep" to { sleep(upToTwoMillis()) },
            "sleep(0)" to { passes(1) },
            "delay" to { delay(upToTwoMillis()) },
            "yield" to { yield() },
            "withContext(IO)" to { withContext(Dispatchers.IO) {} },
            "withContext(Default)" to { withContext(Dispatchers.Default) { delay(1) } },
            "Mutex" to { mutex.withLock { holdMutex { yield() } } },
            "Semaphore" to { semaphore.withPermit { passes(1) } },
            "Lock" to { lock.withLock { passes(1) } },
            "launch and async" to {
                coroutineScope {
                    launch { delay(1) }
                    async { yield() }.await()
                }
            },
            "withTimeoutOrNull" to { withTimeoutOrNull(1) { delay(3) } },
            "receive" to { channel.receive() },
            "flow" to {
                flow {
                    emit(1)
                    delay(1)
                    emit(2)
                }.collect { yield() }
            },
            "coroutineScope" to { coroutineScope { delay(1) } },
            "our sleep in a scope" to { coroutineScope { sleep(1.milliseconds) } },
            "NonCancellable" to {
                withContext(NonCancellable) {
                    delay(1)
                    passes(1)
                }
            },
            "NonCancellable on IO" to { withContext(Dispatchers.IO) { withContext(NonCancellable) { delay(1) } } },
            "select" to {
                select {
                    channel.onReceive {}
                    onTimeout(1.milliseconds) {}
                }
            },
            "supervisorScope" to { supervisorScope { async { delay(1) }.join() } },
            "suspendCoroutine" to { suspendCoroutine { c -> runningLoop().callSoon { c.resume(Unit) } } },
            "future" to
                {
                    runningLoop().createFuture<Int>().let {
                        runningLoop().callSoon { it.complete(1) }
                        it.await()
                    }
                },
            "our timeout" to { runCatching { timeout(1.milliseconds) { delay(2) } }.rethrowUnless<TimeoutException>() },
            "toThread" to { toThread {} },
        )

    fun run(duration: Duration) {
        println("TaskFuzzStressTest: seed $seed")
        withClue("seed $seed") {
            runLoop {
                val victim = createTask("victim") { act() }
                val rival = createTask("rival") { compete() }
                cancelAtRandom(victim, TimeSource.Monotonic.markNow() + duration)
                stopping = true
                val unblock =
                    createTask {
                        while (!victim.done()) {
                            channel.trySend(1)
                            sleep(1.milliseconds)
                        }
                    }
                gather(victim, rival, unblock).await()
            }
            Outcome(lost, spurious, delivered, mutex.isLocked, semaphore.availablePermits, lock.locked()) shouldBe
                Outcome(0, emptyList(), sent, false, 2, false)
        }
    }

    private suspend fun act() {
        while (!stopping) {
            val (name, operation) = operations.random(random)
            try {
                operation()
            } catch (_: CancelledException) {
                if (outstanding) delivered++ else spurious += name
                outstanding = false
            }
        }
    }

    private suspend fun compete() {
        while (!stopping) {
            when (random.nextInt(4)) {
                0 -> mutex.withLock { holdMutex { passes(1) } }
                1 -> semaphore.withPermit { yield() }
                2 -> lock.withLock { yield() }
                else -> channel.trySend(1)
            }
            sleep(upToTwoMillis())
        }
    }

    private suspend fun cancelAtRandom(
        victim: Task<*>,
        end: TimeSource.Monotonic.ValueTimeMark,
    ) {
        // A task that is cancelled before its first step never runs: there is nothing to catch it with.
        passes(1)
        while (end.hasNotPassedNow()) {
            passes(random.nextInt(12))
            if (random.nextInt(3) == 0) sleep(1.milliseconds)
            check(!victim.done()) { "The victim has ended: $victim" }
            outstanding = true
            sent++
            victim.cancel()
            awaitDelivery()
        }
    }

    private suspend fun awaitDelivery() {
        val limit = TimeSource.Monotonic.markNow() + 2.seconds
        while (outstanding && limit.hasNotPassedNow()) sleep(1.milliseconds)
        if (outstanding) lost++
        outstanding = false
    }

    private suspend fun holdMutex(block: suspend () -> Unit) {
        check(++holdersOfMutex == 1) { "Two holders of one mutex" }
        try {
            block()
        } finally {
            holdersOfMutex--
        }
    }

    private fun upToTwoMillis() = random.nextInt(0, 3).milliseconds

    private inline fun <reified E : Throwable> Result<Unit>.rethrowUnless() {
        exceptionOrNull()?.let { if (it !is E) throw it }
    }

    private data class Outcome(
        val lost: Int,
        val spurious: List<String>,
        val delivered: Int,
        val mutexIsLocked: Boolean,
        val freePermits: Int,
        val lockIsLocked: Boolean,
    )
}
