package dev.tandem.samples.basics

import dev.tandem.Task
import dev.tandem.allTasks
import dev.tandem.createTask
import dev.tandem.currentTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** `currentTask` is the one that runs, `allTasks` those that are not done; a callback is in no task. */
suspend fun currentTaskExample() {
    currentTask()!!.name = "host"
    createTask("butler") { greet("ada") }
    val cook = createTask("cook") { greet("bob") }
    println(names(allTasks()))
    greet("eve") // awaited, not made a task: runs in the caller's

    runningLoop().callSoon { println(if (currentTask() == null) "in no task" else "in a task") }
    cook.await()
    println(names(allTasks()))
}

private suspend fun greet(guest: String) {
    println("${currentTask()?.name} greets $guest")
    sleep(1.seconds)
}

private fun names(tasks: List<Task<*>>) = tasks.map { it.name }.sorted().joinToString()

fun main() = runLoop { currentTaskExample() }
