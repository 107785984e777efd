package dev.tandem.conformance

import dev.tandem.DoneCallback
import dev.tandem.Handle
import dev.tandem.allTasks
import dev.tandem.createTask
import dev.tandem.currentTask

/** Defines what makes, asks, completes and cancels tasks, futures and scheduled calls. */
internal fun Interpreter.defineTaskStatements() {
    define("spawn") { statement, _ ->
        val (name, program) = statement.names()
        addSpawned(name, createTask(name = name) { runProgram(program) })
    }
    define("spawn_eager") { statement, _ ->
        val (name, program) = statement.names()
        val task = createTask(name = name, eagerStart = true) { runProgram(program) }
        addSpawned(name, task)
        trace.log("spawned", name, stateOf(task))
    }
    define("all_tasks") { _, _ -> trace.log("all_tasks", allTasks().map(::labelOf).sorted()) }
    define("current") { _, _ -> trace.log("current", labelOf(checkNotNull(currentTask()))) }
    defineCancelling()
    defineFutures()
    defineCallbacks()
}

private fun Interpreter.defineCancelling() {
    define("cancel") { statement, _ ->
        val name = statement.text(0)
        val future = future(name)
        trace.logOutcome("cancel", name) { future.cancel(statement.textOrNull(1)) }
    }
    define("uncancel") { _, _ -> trace.log("uncancel", checkNotNull(currentTask()).uncancel()) }
    define("cancelling") { statement, _ ->
        val name = statement.text(0)
        trace.log("cancelling", name, task(name).cancelling())
    }
}

private fun Interpreter.defineFutures() {
    define("future") { statement, _ -> this[statement.text(0)] = loop.createFuture<Any?>() }
    define("await") { statement, _ ->
        val name = statement.text(0)
        val future = future(name)
        trace.logOutcome("await", name) { future.await() }
    }
    define("state") { statement, _ ->
        val name = statement.text(0)
        trace.log("state", name, stateOf(future(name)))
    }
    define("set_result") { statement, _ ->
        val name = statement.text(0)
        val future = future(name)
        trace.logOutcome("set_result", name) { future.setResult(statement.value(1)) }
    }
    define("set_exc") { statement, _ ->
        val name = statement.text(0)
        val future = future(name)
        val exception = newException(statement.text(1), statement.text(2))
        trace.logOutcome("set_exc", name) { future.setException(exception) }
    }
}

private fun Interpreter.defineCallbacks() {
    val callbacks = HashMap<String, DoneCallback<Any?>>()
    define("add_cb") { statement, _ ->
        val future = future(statement.text(0))
        val label = statement.text(1)
        val raised = statement.textOrNull(2)
        val callback =
            DoneCallback<Any?> {
                trace.record(Trace.CALLBACK, "callback", label, stateOf(it))
                if (raised != null) throw newException(raised, "m:$label")
            }
        callbacks[label] = callback
        future.addDoneCallback(callback)
    }
    define("remove_cb") { statement, _ ->
        val (name, label) = statement.names()
        val future = future(name)
        val callback = callbacks[label] ?: throw Undefined(label)
        trace.log("remove_cb", name, label, future.removeDoneCallback(callback))
    }
    define("call_soon") { statement, _ -> loop.callSoon { recordRun(statement.text(0)) } }
    define("call_later") { statement, _ ->
        val delay = checkNotNull(statement.seconds(1))
        this[statement.text(0)] = loop.callLater(delay) { recordRun(statement.text(2)) }
    }
    define("cancel_handle") { statement, _ -> get<Handle>(statement.text(0)).cancel() }
}

private fun Interpreter.recordRun(label: String) = trace.record(Trace.CALLBACK, "ran", label)

/** The first two arguments, where both are names. */
private fun Statement.names(): Pair<String, String> = text(0) to text(1)
