package dev.tandem.conformance

import dev.tandem.Timeout
import dev.tandem.taskGroup
import dev.tandem.timeout

/** Defines the scopes around a block: time limits and task groups. */
internal fun Interpreter.defineScopeStatements() {
    define("timeout") { statement, frame -> runTimeout(statement, frame) }
    define("reschedule") { statement, frame ->
        val limit = frame.timeouts.lastOrNull() ?: throw Undefined("timeout")
        trace.logOutcome("reschedule") { limit.reschedule(statement.seconds(0)?.let { loop.time() + it }) }
    }
    define("taskgroup") { statement, frame -> runTaskGroup(statement, frame) }
    define("tg_spawn") { statement, frame -> spawnInGroup(statement, frame) }
}

private suspend fun Interpreter.runTimeout(
    statement: Statement,
    frame: Frame,
) {
    lateinit var entered: Timeout
    try {
        timeout(statement.seconds(0)) { limit ->
            entered = limit
            frame.timeouts.addLast(limit)
            try {
                runBlock(statement.block(1), frame)
            } finally {
                frame.timeouts.removeLast()
            }
        }
    } catch (e: Throwable) {
        trace.log("timeout", entered.expired(), encode(e))
        throw e
    }
    trace.log("timeout", entered.expired(), "ok")
}

private suspend fun Interpreter.runTaskGroup(
    statement: Statement,
    frame: Frame,
) {
    try {
        taskGroup { group ->
            frame.groups.addLast(group)
            try {
                runBlock(statement.block(0), frame)
            } finally {
                frame.groups.removeLast()
            }
        }
    } catch (e: Throwable) {
        trace.log("taskgroup", encode(e))
        throw e
    }
    trace.log("taskgroup", "ok")
}

private fun Interpreter.spawnInGroup(
    statement: Statement,
    frame: Frame,
) {
    val group = frame.groups.lastOrNull() ?: throw Undefined("taskgroup")
    val name = statement.text(0)
    val task =
        try {
            group.createTask(name = name) { runProgram(statement.text(1)) }
        } catch (e: IllegalStateException) {
            trace.log("tg_spawn", name, encode(e))
            throw e
        }
    addSpawned(name, task)
}
