package dev.tandem.samples.basics

import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** A task has a name, and a state that can be asked for without waiting. */
suspend fun taskStatesExample() {
    val bread = createTask("bread") { bake(1) }
    val cake = createTask("cake") { bake(2) }
    val pizza = createTask("pizza") { bake(3) }
    for (task in listOf(bread, cake, pizza)) println(describe(task))

    sleep(2.5.seconds)
    pizza.cancel()
    println(describe(pizza)) // cancelling is a request: the task learns of it in its next step
    sleep(0.seconds)
    cake.name = "charcoal"
    for (task in listOf(bread, cake, pizza)) println(describe(task))
}

private suspend fun bake(seconds: Int): String {
    sleep(seconds.seconds)
    check(seconds == 1) { "burnt" }
    return "crisp"
}

private fun describe(task: Task<*>): String {
    val state =
        when {
            !task.done() -> "pending"
            task.cancelled() -> "cancelled"
            task.exception() != null -> "failed: ${task.exception()?.message}"
            else -> "done: ${task.result()}"
        }
    return "${task.name} is $state"
}

fun main() = runLoop { taskStatesExample() }
