package dev.tandem.conformance

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.DynamicContainer
import org.junit.jupiter.api.DynamicContainer.dynamicContainer
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import java.util.logging.Level
import java.util.logging.Logger

/**
 * Runs every scenario of a corpus and compares its trace with CPython's, event for event.
 *
 * The system property `conformance.corpus` names another corpus than the one among the test resources; the files
 * under `shared/conformance` make one and specify what a scenario is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
    private val log = Logger.getLogger("dev.tandem")
    private val tally = Tally("kotlin")

    @TestFactory
    fun everyScenarioGivesTheTraceOfCPython(): List<DynamicContainer> =
        Corpus
            .read(System.getProperty("conformance.corpus"))
            .groupBy(Scenario::profile)
            .map { (profile, scenarios) ->
                dynamicContainer(
                    profile,
                    scenarios.map { dynamicTest(it.id) { tally.check(it, KNOWN_OPERATIONS, Scenario::run) } },
                )
            }

    /** Scenarios forget failed futures on purpose, and what the loop logs of them is no part of a trace. */
    @BeforeAll
    fun silenceLog() {
        log.level = Level.OFF
    }

    @AfterAll
    fun printSummary() {
        log.level = null
        tally.print()
    }
}
