package dev.tandem.conformance

import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.Assumptions.abort

/** Counts what became of the scenarios that an interpreter, called [name] in the summary, was given. */
internal class Tally(
    private val name: String,
) {
    private var passed = 0
    private val skipped = ArrayList<String>()
    private val failed = ArrayList<String>()
    private var firstDifference: String? = null

    /** A test: runs [scenario], if all its operations are among those [known], and fails where its trace differs. */
    fun check(
        scenario: Scenario,
        known: Set<String>,
        run: (Scenario) -> Run,
    ) {
        val unknown = scenario.operations() - known
        if (unknown.isNotEmpty()) {
            skipped.add(scenario.id)
            abort<Unit>("This interpreter does not know: ${unknown.joinToString()}")
        }
        val difference = scenario.differenceTo(run(scenario))
        if (difference == null) {
            passed++
        } else {
            failed.add(scenario.id)
            if (firstDifference == null) firstDifference = difference
            fail<Unit>(difference)
        }
    }

    /** Prints the summary; its last line has the counts. */
    fun print() {
        if (skipped.isNotEmpty()) println("conformance $name: skipped ${listFirst(skipped)}")
        if (failed.isNotEmpty()) println("conformance $name: failed ${listFirst(failed)}\n$firstDifference")
        println("conformance $name: $passed passed, ${failed.size} failed, ${skipped.size} skipped")
    }

    private fun listFirst(ids: List<String>): String =
        ids.take(LISTED).joinToString() + if (ids.size > LISTED) " and ${ids.size - LISTED} more" else ""

    private companion object {
        const val LISTED = 20
    }
}
