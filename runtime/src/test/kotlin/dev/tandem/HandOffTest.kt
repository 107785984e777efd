package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TimerHeap
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldBeIn
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.coroutineScope
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import kotlin.time.Duration

/**
 * No item, permit, wake-up or task is lost, wherever a caller is cancelled or timed out.
 *
 * Each of [primitiveCases] and [waitingCases] is run again and again; each run disturbs the victim at another moment:
 * at each tick of its peers, before or after they act in it, and up to [PASSES] passes later. So it is hit at each of
 * its suspensions, and also between being woken and going on. A wake-up that gets lost makes somebody wait for ever,
 * which ends the run.
 */
class HandOffTest {
    @TestFactory
    fun nothingIsLostWhenTheCallerIsCancelled() = forEachCase(Cancellation)

    @TestFactory
    fun nothingIsLostWhenTheCallerIsTimedOut() = forEachCase(Expiry)

    @TestFactory
    fun nothingIsLostWhenTheCallerIsCancelledInsideAKotlinxScope() = forEachCase(InKotlinxScope(Cancellation))

    @TestFactory
    fun nothingIsLostWhenTheCallerIsTimedOutInsideAKotlinxScope() = forEachCase(InKotlinxScope(Expiry))

    private fun forEachCase(disturbance: Disturbance): List<DynamicTest> =
        (primitiveCases + waitingCases).map { case ->
            dynamicTest(case.name) {
                val course = undisturbed(case)
                val placesHit = momentsWithin(course.ticks).mapNotNull { strike(case, disturbance, it) }
                // In a kotlinx scope the first limit of a case that runs out ends all of it.
                val reachesAll = case.isDeterministic && disturbance !is InKotlinxScope
                if (reachesAll) placesHit.distinct().sorted() shouldBe List(course.places) { it }
            }
        }

    private fun momentsWithin(ticks: Int): List<Moment> =
        (0..ticks).flatMap { tick ->
            (0..PASSES).flatMap { pass -> listOf(true, false).map { Moment(tick, pass, beforePeers = it) } }
        }

    /** Disturbs the victim at [moment] and returns the place where it stood, or null if it had ended before. */
    private fun strike(
        case: HandOffCase,
        disturbance: Disturbance,
        moment: Moment,
    ): Int? {
        var place: Int? = null
        withClue("$moment") {
            inVirtualTime {
                val attempt = case.prepare()
                val progress = Progress()
                val strike = Strike()
                val victim = createTask("victim") { disturbance.run(strike) { attempt.victim(progress) } }
                moment.await()
                if (!victim.done()) {
                    place = progress.place
                    disturbance.strike(strike, victim)
                }
                wait(listOf(victim))
                outcomeOf { victim.await() }.substringBefore(":") shouldBeIn OUTCOMES
                attempt.afterwards()
                allTasks() shouldBe listOf(currentTask())
                (runningLoop() as SingleThreadLoop).timers.nextNanos() shouldBe TimerHeap.NEVER
            }
        }
        return place
    }

    /** What the victim does if nobody disturbs it. */
    private fun undisturbed(case: HandOffCase): Course {
        val progress = Progress()
        var end = Duration.ZERO
        inVirtualTime {
            val attempt = case.prepare()
            createTask { attempt.victim(progress) }.await()
            end = runningLoop().time()
            attempt.afterwards()
        }
        return Course(ticks = (end / TICK).toInt(), places = progress.place)
    }

    private class Course(
        val ticks: Int,
        val places: Int,
    )

    /** When the victim is disturbed. */
    private data class Moment(
        val tick: Int,
        val pass: Int,
        val beforePeers: Boolean,
    ) {
        suspend fun await() {
            if (beforePeers || tick == 0) {
                sleep(TICK * tick)
            } else {
                // A timer that is set after those of the peers comes after them.
                sleep(TICK * (tick - 1))
                passes(PASSES)
                sleep(TICK)
            }
            passes(pass)
        }
    }

    private companion object {
        const val PASSES = 7

        val OUTCOMES = setOf("done", "CancelledException", "TimeoutException")
    }
}

/** What the test needs to know of the victim to disturb it. */
private class Strike {
    var limit: Timeout? = null
}

private interface Disturbance {
    /** Runs the victim's [body] in such a way that [strike] can reach it. */
    suspend fun run(
        strike: Strike,
        body: suspend () -> Unit,
    )

    fun strike(
        strike: Strike,
        victim: Task<*>,
    )
}

private object Cancellation : Disturbance {
    override suspend fun run(
        strike: Strike,
        body: suspend () -> Unit,
    ) = body()

    override fun strike(
        strike: Strike,
        victim: Task<*>,
    ) {
        victim.cancel()
    }
}

private object Expiry : Disturbance {
    override suspend fun run(
        strike: Strike,
        body: suspend () -> Unit,
    ) = timeout(null) { limit ->
        strike.limit = limit
        body()
    }

    override fun strike(
        strike: Strike,
        victim: Task<*>,
    ) {
        strike.limit?.reschedule(Duration.ZERO)
    }
}

private class InKotlinxScope(
    private val disturbance: Disturbance,
) : Disturbance {
    override suspend fun run(
        strike: Strike,
        body: suspend () -> Unit,
    ) = disturbance.run(strike) { coroutineScope { body() } }

    override fun strike(
        strike: Strike,
        victim: Task<*>,
    ) = disturbance.strike(strike, victim)
}
