package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.VirtualClock
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.streams.internal.Attempt
import dev.tandem.streams.internal.StaggeredRace
import dev.tandem.streams.internal.interleave
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetAddress
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** When attempts to connect begin and end, in virtual time and without a network. */
class StaggeredRaceTest {
    private val events = ArrayList<String>()

    /** What an attempt does, and after how many milliseconds; 0: while it begins. */
    private enum class Fate { SUCCEEDS, FAILS, IS_SILENT }

    private class Plan(
        val fate: Fate,
        val after: Int = 0,
    )

    @Test
    fun aQuickSuccessIsAlone() =
        raceTest {
            race(succeeds(100), succeeds(0)).run() shouldBe "a"
            events.shouldContainExactly("0 a begins", "100 a succeeds")
        }

    @Test
    fun aSilentAttemptGetsCompanyAndLosesToIt() =
        raceTest {
            race(silent(), succeeds(50), succeeds(0)).run() shouldBe "b"
            events.shouldContainExactly("0 a begins", "250 b begins", "300 b succeeds", "300 a is ended")
        }

    @Test
    fun aLateSuccessOfTheFirstStillWins() =
        raceTest {
            race(succeeds(300), silent()).run() shouldBe "a"
            events.shouldContainExactly("0 a begins", "250 b begins", "300 a succeeds", "300 b is ended")
        }

    @Test
    fun aFailureOfTheLatestBeginsTheNextAtOnce() =
        raceTest {
            race(fails(100), fails(0), succeeds(0)).run() shouldBe "c"
            events.shouldContainExactly(
                "0 a begins",
                "100 a fails",
                "100 b begins",
                "100 b fails",
                "100 c begins",
                "100 c succeeds",
            )
        }

    @Test
    fun aFailureOfAnEarlierOneDoesNotHurryTheNext() =
        raceTest {
            race(fails(300), silent(), succeeds(0)).run() shouldBe "c"
            events.shouldContainExactly(
                "0 a begins",
                "250 b begins",
                "300 a fails",
                "500 c begins",
                "500 c succeeds",
                "500 b is ended",
            )
        }

    @Test
    fun theDelayCountsFromTheLatestBeginning() =
        raceTest {
            race(fails(200), silent(), succeeds(0)).run() shouldBe "c"
            events.filter { it.endsWith("begins") }.shouldContainExactly("0 a begins", "200 b begins", "450 c begins")
        }

    @Test
    fun allFailuresAreTold() =
        raceTest {
            val race = race(fails(400), fails(10), fails(0))
            race.run() shouldBe null
            race.failures.map { it?.message }.shouldContainExactly("a", "b", "c")
            runningLoop().time() shouldBe loopStart + 400.milliseconds
        }

    @Test
    fun withoutDelayOneIsTriedAfterTheOther() =
        raceTest {
            race(fails(10_000), succeeds(5_000), succeeds(0), delay = null).run() shouldBe "b"
            events.shouldContainExactly("0 a begins", "10000 a fails", "10000 b begins", "15000 b succeeds")
        }

    @Test
    fun withDelayZeroAllAreTriedTogether() =
        raceTest {
            race(succeeds(30), succeeds(20), succeeds(10), delay = Duration.ZERO).run() shouldBe "c"
            events.takeLast(3).shouldContainExactly("10 c succeeds", "10 a is ended", "10 b is ended")
        }

    @Test
    fun cancellingEndsEveryAttempt() =
        raceTest {
            val task = createTask { race(silent(), silent(), silent(), silent()).run() }
            sleep(600.milliseconds)
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            events.drop(3).shouldContainExactly("600 a is ended", "600 b is ended", "600 c is ended")
            sleep(600.milliseconds)
            events.size shouldBe 6
        }

    @Test
    fun aSuccessInThePassOfTheCancellationIsTakenBack() =
        raceTest {
            val attempts = ArrayList<Attempt<String>>()
            val race =
                StaggeredRace<String, String>(runningLoop(), listOf("a"), null) { name, attempt ->
                    attempt.begin({ events += "$name is ended" }) { attempts += attempt }
                }
            val task = createTask { race.run() }
            passes(2)
            attempts.single().succeed("a")
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            events.shouldContainExactly("a is ended")
        }

    @Test
    fun theFamiliesTakeTurnsInTheOrderOfTheResolver() {
        val names = listOf("::1", "::2", "::3", "127.0.0.1", "127.0.0.2")
        interleave(names.map(InetAddress::getByName))
            .map { it.hostAddress.substringAfterLast(':') }
            .shouldContainExactly("1", "127.0.0.1", "2", "127.0.0.2", "3")
        interleave(emptyList()).size shouldBe 0
    }

    private var loopStart = Duration.ZERO

    private fun raceTest(body: suspend () -> Unit) =
        streamTest(VirtualClock()) {
            loopStart = runningLoop().time()
            body()
        }

    private fun succeeds(after: Int) = Plan(Fate.SUCCEEDS, after)

    private fun fails(after: Int) = Plan(Fate.FAILS, after)

    private fun silent() = Plan(Fate.IS_SILENT)

    private fun race(
        vararg plans: Plan,
        delay: Duration? = 250.milliseconds,
    ): StaggeredRace<Int, String> {
        val loop = runningLoop()
        return StaggeredRace(loop, plans.indices.toList(), delay) { index, attempt ->
            val name = "${'a' + index}"
            val plan = plans[index]
            var ended = false
            attempt.begin({ ended = true.also { log("$name is ended") } }) {
                log("$name begins")
                val settle = {
                    when (plan.fate) {
                        Fate.SUCCEEDS -> log("$name succeeds").also { attempt.succeed(name) }
                        Fate.FAILS -> log("$name fails").also { attempt.fail(IOException(name)) }
                        Fate.IS_SILENT -> Unit
                    }
                }
                if (plan.after == 0) settle() else loop.callLater(plan.after.milliseconds) { if (!ended) settle() }
            }
        }
    }

    private fun log(event: String) {
        events += "${(runningLoop().time() - loopStart).inWholeMilliseconds} $event"
    }
}
