package dev.tandem.conformance

import dev.tandem.Barrier
import dev.tandem.BoundedSemaphore
import dev.tandem.Condition
import dev.tandem.Event
import dev.tandem.Lock
import dev.tandem.Semaphore

/** Defines locks, semaphores, events, conditions and barriers. What Python answers with True answers nothing here. */
internal fun Interpreter.defineSynchronisationStatements() {
    define("lock") { statement, _ -> this[statement.text(0)] = Lock() }
    define("semaphore") { statement, _ -> this[statement.text(0)] = Semaphore(statement.number(1)) }
    define("bsemaphore") { statement, _ -> this[statement.text(0)] = BoundedSemaphore(statement.number(1)) }
    define("condition") { statement, _ -> this[statement.text(0)] = Condition() }
    define("event") { statement, _ -> this[statement.text(0)] = Event() }
    define("barrier") { statement, _ -> this[statement.text(0)] = Barrier(statement.number(1)) }
    defineAcquiring()
    defineEvents()
    defineConditions()
    defineBarriers()
}

/** What the kinds of locks have in common. */
private class Acquirable(
    val acquire: suspend () -> Unit,
    val release: () -> Unit,
    val locked: () -> Boolean,
)

private fun Interpreter.acquirable(name: String): Acquirable =
    when (val held = get<Any>(name)) {
        is Lock -> Acquirable(held::acquire, held::release, held::locked)
        is Condition -> Acquirable(held::acquire, held::release, held::locked)
        is Semaphore -> Acquirable(held::acquire, held::release, held::locked)
        else -> throw AssertionError("$name cannot be acquired: $held")
    }

private fun Interpreter.defineAcquiring() {
    define("acquire") { statement, _ ->
        val name = statement.text(0)
        val acquirable = acquirable(name)
        trace.logOutcome("acquire", name) {
            acquirable.acquire()
            true
        }
    }
    define("release") { statement, _ ->
        val name = statement.text(0)
        val acquirable = acquirable(name)
        trace.logOutcome("release", name) { acquirable.release() }
    }
    define("locked") { statement, _ ->
        val name = statement.text(0)
        trace.log("locked", name, acquirable(name).locked())
    }
    define("with") { statement, frame -> runWith(statement, frame) }
}

private suspend fun Interpreter.runWith(
    statement: Statement,
    frame: Frame,
) {
    val name = statement.text(0)
    val acquirable = acquirable(name)
    try {
        acquirable.acquire()
        try {
            trace.log("entered", name)
            runBlock(statement.block(1), frame)
        } finally {
            acquirable.release()
        }
    } finally {
        trace.log("left", name)
    }
}

private fun Interpreter.defineEvents() {
    define("e_wait") { statement, _ ->
        val name = statement.text(0)
        val event = get<Event>(name)
        trace.logOutcome("e_wait", name) {
            event.await()
            true
        }
    }
    define("e_set") { statement, _ -> get<Event>(statement.text(0)).set() }
    define("e_clear") { statement, _ -> get<Event>(statement.text(0)).clear() }
}

private fun Interpreter.defineConditions() {
    val flags = HashMap<String, Boolean>()
    define("flag") { statement, _ -> flags[statement.text(0)] = statement.flag(1) }
    define("c_wait") { statement, _ ->
        val name = statement.text(0)
        val condition = get<Condition>(name)
        trace.logOutcome("c_wait", name) {
            condition.await()
            true
        }
    }
    define("c_wait_flag") { statement, _ ->
        val name = statement.text(0)
        val flag = statement.text(1)
        val condition = get<Condition>(name)
        trace.logOutcome("c_wait_flag", name, flag) {
            condition.await { flags[flag] == true }
            true
        }
    }
    define("c_notify") { statement, _ ->
        val name = statement.text(0)
        val condition = get<Condition>(name)
        trace.logOutcome("c_notify", name) { condition.signal(statement.number(1)) }
    }
    define("c_notify_all") { statement, _ ->
        val name = statement.text(0)
        val condition = get<Condition>(name)
        trace.logOutcome("c_notify_all", name) { condition.signalAll() }
    }
}

private fun Interpreter.defineBarriers() {
    define("b_wait") { statement, _ ->
        val name = statement.text(0)
        val barrier = get<Barrier>(name)
        trace.logOutcome("b_wait", name) { barrier.await() }
    }
    define("b_reset") { statement, _ ->
        val name = statement.text(0)
        val barrier = get<Barrier>(name)
        trace.logOutcome("b_reset", name) { barrier.reset() }
    }
    define("b_abort") { statement, _ ->
        val name = statement.text(0)
        val barrier = get<Barrier>(name)
        trace.logOutcome("b_abort", name) { barrier.abort() }
    }
    define("b_state") { statement, _ ->
        val name = statement.text(0)
        val barrier = get<Barrier>(name)
        trace.log("b_state", name, barrier.waitingCount, barrier.isBroken)
    }
}
