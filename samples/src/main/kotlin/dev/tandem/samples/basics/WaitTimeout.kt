package dev.tandem.samples.basics

import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import dev.tandem.wait
import kotlin.time.Duration.Companion.seconds

/** `wait` with a timeout throws nothing and cancels nothing: it tells who is done by then. */
suspend fun waitTimeoutExample() {
    val bridges =
        listOf(
            createTask("the short bridge") { cross("the short bridge", 1) },
            createTask("the long bridge") { cross("the long bridge", 3) },
        )
    val inTime = wait(bridges, timeout = 2.seconds)
    println("after 2 s: done ${names(inTime.done)}; pending ${names(inTime.pending)}")
    val inTheEnd = wait(inTime.pending)
    println("in the end: done ${names(inTheEnd.done)}; pending ${names(inTheEnd.pending)}")
}

private suspend fun cross(
    bridge: String,
    seconds: Int,
) {
    sleep(seconds.seconds)
    println("$bridge is crossed")
}

private fun names(tasks: Collection<Task<*>>) =
    tasks
        .map { it.name }
        .sorted()
        .joinToString()
        .ifEmpty { "none" }

fun main() = runLoop { waitTimeoutExample() }
