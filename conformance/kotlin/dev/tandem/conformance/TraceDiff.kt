package dev.tandem.conformance

/** What a scenario did: its trace, and what kept it from its end, if anything did. */
internal class Run(
    val trace: List<Event>,
    val failure: String?,
)

/**
 * Returns what is wrong with [run], for people to read, or null if its trace is the one expected: the first event
 * that differs among its neighbours, and the programs.
 */
internal fun Scenario.differenceTo(run: Run): String? {
    val expected = trace
    val actual = run.trace
    val first = (0 until maxOf(expected.size, actual.size)).firstOrNull { differ(expected, actual, it) }
    if (first == null && run.failure == null) return null
    return buildString {
        appendLine("$id: ${headline(first, run)}")
        val at = first ?: expected.size
        for (index in maxOf(0, at - EVENTS_BEFORE) until at) appendEvent("", index, expected)
        if (first != null) {
            appendFrom("- expected", at, expected)
            appendFrom("+ actual", at, actual)
        }
        for ((name, statements) in programs) {
            appendLine("program $name:")
            appendBlock(statements, "    ")
        }
    }
}

private const val EVENTS_BEFORE = 8
private const val EVENTS_AFTER = 4

private fun Scenario.headline(
    first: Int?,
    run: Run,
): String {
    val where =
        if (first == null) "all ${trace.size} events are as expected" else "event $first of ${trace.size} differs"
    return if (run.failure == null) where else "$where, and ${run.failure}"
}

private fun differ(
    expected: List<Event>,
    actual: List<Event>,
    index: Int,
): Boolean = index >= expected.size || index >= actual.size || !sameInTrace(expected[index], actual[index])

/** Whether two values of a trace are the same; numbers compare by value, so that 1 is 1.0. */
private fun sameInTrace(
    a: Any?,
    b: Any?,
): Boolean =
    when {
        a is Number && b is Number -> a.toDouble() == b.toDouble()
        a is List<*> && b is List<*> -> a.size == b.size && a.indices.all { sameInTrace(a[it], b[it]) }
        a is Map<*, *> && b is Map<*, *> -> a.keys == b.keys && a.keys.all { sameInTrace(a[it], b[it]) }
        else -> a == b
    }

private fun StringBuilder.appendFrom(
    mark: String,
    at: Int,
    events: List<Event>,
) {
    if (at >= events.size) appendLine("$mark: nothing more")
    for (index in at until minOf(events.size, at + EVENTS_AFTER)) appendEvent(mark, index, events)
}

private fun StringBuilder.appendEvent(
    mark: String,
    index: Int,
    events: List<Event>,
) {
    appendLine("${mark.padEnd(MARK_WIDTH)} ${index.toString().padStart(INDEX_WIDTH)}  ${Json.write(events[index])}")
}

private const val MARK_WIDTH = 10
private const val INDEX_WIDTH = 4

/** One statement a line, the blocks in it indented. */
private fun StringBuilder.appendBlock(
    block: List<Statement>,
    indent: String,
) {
    for (statement in block) {
        val inner = "$indent    "
        when (statement.operation) {
            "try" -> {
                appendLine("${indent}try")
                appendBlock(statement.block(0), inner)
                for ((name, handler) in statement.handlers(1)) {
                    appendLine("${indent}except $name")
                    appendBlock(handler, inner)
                }
                if (statement.block(2).isNotEmpty()) {
                    appendLine("${indent}finally")
                    appendBlock(statement.block(2), inner)
                }
            }
            "repeat", "timeout", "with" -> {
                appendLine("$indent${statement.operation} ${statement.value(0)}")
                appendBlock(statement.block(1), inner)
            }
            "taskgroup" -> {
                appendLine("${indent}taskgroup")
                appendBlock(statement.block(0), inner)
            }
            else -> appendLine("$indent$statement")
        }
    }
}
