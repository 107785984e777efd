package dev.tandem.conformance

import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Assumptions.abort
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
    private var passed = 0
    private val skipped = ArrayList<String>()
    private val failed = ArrayList<String>()
    private var firstDifference: String? = null

    @TestFactory
    fun everyScenarioGivesTheTraceOfCPython(): List<DynamicContainer> =
        Corpus
            .read(System.getProperty("conformance.corpus"))
            .groupBy(Scenario::profile)
            .map { (profile, scenarios) ->
                dynamicContainer(profile, scenarios.map { dynamicTest(it.id) { check(it) } })
            }

    /** Scenarios forget failed futures on purpose, and what the loop logs of them is no part of a trace. */
    @BeforeAll
    fun silenceLog() {
        log.level = Level.OFF
    }

    @AfterAll
    fun printSummary() {
        log.level = null
        if (skipped.isNotEmpty()) println("conformance kotlin: skipped ${listFirst(skipped)}")
        if (failed.isNotEmpty()) println("conformance kotlin: failed ${listFirst(failed)}\n$firstDifference")
        println("conformance kotlin: $passed passed, ${failed.size} failed, ${skipped.size} skipped")
    }

    private fun check(scenario: Scenario) {
        val unknown = scenario.operations() - KNOWN_OPERATIONS
        if (unknown.isNotEmpty()) {
            skipped.add(scenario.id)
            abort<Unit>("This interpreter does not know: ${unknown.joinToString()}")
        }
        val difference = scenario.differenceTo(scenario.run())
        if (difference == null) {
            passed++
        } else {
            failed.add(scenario.id)
            if (firstDifference == null) firstDifference = difference
            fail<Unit>(difference)
        }
    }

    private fun listFirst(ids: List<String>): String =
        ids.take(LISTED).joinToString() + if (ids.size > LISTED) " and ${ids.size - LISTED} more" else ""

    private companion object {
        const val LISTED = 20
    }
}
