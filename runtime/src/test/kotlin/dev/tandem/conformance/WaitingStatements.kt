package dev.tandem.conformance

import dev.tandem.Future
import dev.tandem.ReturnWhen
import dev.tandem.asCompleted
import dev.tandem.gather
import dev.tandem.shield
import dev.tandem.sleep
import dev.tandem.wait
import dev.tandem.waitFor
import kotlin.time.Duration

/** Defines what waits for time, and for other work: gather, wait, wait_for, shield, as_completed. */
internal fun Interpreter.defineWaitingStatements() {
    define("sleep") { statement, _ ->
        val delay = checkNotNull(statement.seconds(0))
        trace.logOutcome("sleep", statement.value(0)) { sleep(delay) }
    }
    define("gather") { statement, _ -> runGather(statement) }
    define("wait") { statement, _ -> runWait(statement) }
    define("wait_for") { statement, _ ->
        val awaitable = awaitable(statement.item(0))
        trace.logOutcome("wait_for") { waitFor(awaitable, statement.seconds(1)) }
    }
    define("shield") { statement, _ -> this[statement.text(0)] = shield(awaitable(statement.item(1))) }
    define("as_completed") { statement, _ -> runAsCompleted(statement) }
}

private suspend fun Interpreter.runGather(statement: Statement) {
    val items = statement.items(0)
    items.filterIsInstance<Item.Variable>().forEach { future(it.name) }
    val outer = gather(items.map(::awaitable), returnExceptions = statement.flag(1))
    val name = statement.textOrNull(2)
    if (name != null) this[name] = outer else trace.logOutcome("gather") { outer.await() }
}

private suspend fun Interpreter.runWait(statement: Statement) {
    val names = statement.texts(0)
    val futures = names.map(::future)
    val nameOf = futures.zip(names).toMap()
    trace.logOutcome("wait") {
        val result = wait(futures, statement.seconds(1), ReturnWhen.valueOf(statement.text(2)))
        listOf(result.done, result.pending).map { it.map(nameOf::getValue).sorted() }
    }
}

private suspend fun Interpreter.runAsCompleted(statement: Statement) {
    val names = statement.texts(0)
    val futures = names.map(::future)
    val timeout = statement.seconds(1)
    try {
        if (statement.text(2) == "async") {
            iterateFutures(futures, names, timeout)
        } else {
            awaitEach(futures, timeout)
        }
    } catch (e: Throwable) {
        trace.log("as_completed", encode(e))
        throw e
    }
    trace.log("as_completed", "end")
}

private suspend fun Interpreter.iterateFutures(
    futures: List<Future<Any?>>,
    names: List<String>,
    timeout: Duration?,
) {
    val nameOf = futures.zip(names).toMap()
    for (future in asCompleted(futures, timeout).futures()) {
        trace.log("completed", nameOf[future], stateOf(future))
    }
}

private suspend fun Interpreter.awaitEach(
    futures: List<Future<Any?>>,
    timeout: Duration?,
) {
    for (next in asCompleted(futures, timeout)) {
        val outcome =
            try {
                result(next.await())
            } catch (e: Throwable) {
                if (!isOrdinary(e) || catches("TimeoutError", e)) throw e
                encode(e)
            }
        trace.log("completed", outcome)
    }
}
