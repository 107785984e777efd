package dev.tandem.conformance

import dev.tandem.LifoQueue
import dev.tandem.PriorityQueue
import dev.tandem.Queue

/** Defines the queues. */
internal fun Interpreter.defineQueueStatements() {
    define("queue") { statement, _ -> this[statement.text(0)] = newQueue(statement.text(1), statement.number(2)) }
    defineOnQueue("put") { statement, queue -> queue.put(statement.value(1)) }
    defineOnQueue("put_nowait") { statement, queue -> queue.putNoWait(statement.value(1)) }
    defineOnQueue("get") { _, queue -> queue.get() }
    defineOnQueue("get_nowait") { _, queue -> queue.getNoWait() }
    defineOnQueue("task_done") { _, queue -> queue.taskDone() }
    defineOnQueue("join") { _, queue -> queue.join() }
    define("q_shutdown") { statement, _ ->
        val name = statement.text(0)
        val queue = get<Queue<Any?>>(name)
        trace.logOutcome("q_shutdown", name) { queue.shutdown(statement.flag(1)) }
    }
    define("qsize") { statement, _ ->
        val name = statement.text(0)
        val queue = get<Queue<Any?>>(name)
        trace.log("qsize", name, queue.size(), queue.empty(), queue.full())
    }
}

/** Defines a statement that logs its arguments, and how [call] ends on the queue that the first of them names. */
private fun Interpreter.defineOnQueue(
    operation: String,
    call: suspend (statement: Statement, queue: Queue<Any?>) -> Any?,
) {
    define(operation) { statement, _ ->
        val queue = get<Queue<Any?>>(statement.text(0))
        trace.logOutcome(operation, *statement.arguments.toTypedArray()) { call(statement, queue) }
    }
}

private fun newQueue(
    kind: String,
    maxSize: Int,
): Queue<Any?> =
    when (kind) {
        "fifo" -> Queue(maxSize)
        "lifo" -> LifoQueue(maxSize)
        "priority" -> PriorityQueue(maxSize, compareBy { (it as Number).toDouble() })
        else -> throw AssertionError("A scenario makes a queue of a kind that the specification does not name: $kind")
    }
