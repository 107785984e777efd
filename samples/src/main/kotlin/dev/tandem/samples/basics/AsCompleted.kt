package dev.tandem.samples.basics

import dev.tandem.TimeoutException
import dev.tandem.asCompleted
import dev.tandem.coroutine
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** `asCompleted` gives the results in the order in which they come; with a timeout, being late is an error. */
suspend fun asCompletedExample() {
    val nearby = listOf(answer("Oslo", 3), answer("Bern", 1), answer("Rome", 2))
    for (next in asCompleted(nearby)) println(next.await())

    val far = listOf(createTask(answer("Lima", 1)), createTask(answer("Cairo", 5)))
    try {
        for (next in asCompleted(far, timeout = 3.seconds)) println(next.await())
    } catch (_: TimeoutException) {
        println("the others are late")
    }
    println("and come all the same: ${far[1].await()}")
}

private fun answer(
    town: String,
    seconds: Int,
) = coroutine {
    sleep(seconds.seconds)
    "$town after $seconds s"
}

fun main() = runLoop { asCompletedExample() }
