package dev.tandem.samples.basics

import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** Awaited one after the other, the times add up; tasks run at the same time. */
suspend fun tasksExample() {
    val loop = runningLoop()

    var start = loop.time()
    brew("coffee", 1)
    brew("tea", 2)
    println("awaited: ${(loop.time() - start).inWholeSeconds} s")

    start = loop.time()
    val tea = createTask { brew("tea", 2) }
    val coffee = createTask { brew("coffee", 1) }
    tea.await()
    coffee.await()
    println("as tasks: ${(loop.time() - start).inWholeSeconds} s")
}

private suspend fun brew(
    drink: String,
    seconds: Int,
) {
    sleep(seconds.seconds)
    println("$drink is ready")
}

fun main() = runLoop { tasksExample() }
