package dev.tandem.conformance

import dev.tandem.ContextVar

/** Defines what decides on which statement is next, and the context variables. */
internal fun Interpreter.defineControlStatements() {
    define("log") { statement, _ -> trace.log("log", statement.text(0)) }
    define("try") { statement, frame -> runTry(statement, frame) }
    define("raise") { statement, _ -> throw newException(statement.text(0), statement.text(1)) }
    define("reraise") { _, frame -> throw frame.caught.lastOrNull() ?: Undefined("caught") }
    define("repeat") { statement, frame -> repeat(statement.number(0)) { runBlock(statement.block(1), frame) } }
    define("call") { statement, _ ->
        val program = statement.text(0)
        trace.logOutcome("call", program) { runProgram(program) }
    }

    val contextVariables = ContextVariables()
    define("cv_set") { statement, _ -> contextVariables[statement.text(0)].set(statement.value(1)) }
    define("cv_get") { statement, _ ->
        val name = statement.text(0)
        trace.log("cv", name, contextVariables[name].get())
    }
}

private suspend fun Interpreter.runTry(
    statement: Statement,
    frame: Frame,
) {
    try {
        runBlock(statement.block(0), frame)
    } catch (e: Throwable) {
        val (name, handler) = statement.handlers(1).firstOrNull { (name, _) -> catches(name, e) } ?: throw e
        trace.log("caught", name, encode(e))
        frame.caught.addLast(e)
        try {
            runBlock(handler, frame)
        } finally {
            frame.caught.removeLast()
        }
    } finally {
        runBlock(statement.block(2), frame)
    }
}

private class ContextVariables {
    private val variables = HashMap<String, ContextVar<Any?>>()

    operator fun get(name: String) = variables.getOrPut(name) { ContextVar(name, null) }
}
