package dev.tandem.samples.basics

import dev.tandem.CancelledException
import dev.tandem.TimeoutException
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.waitFor
import kotlin.time.Duration.Companion.seconds

/** `waitFor` gives up after a time: it cancels what it waits for, and throws once that has cleaned up. */
suspend fun waitForExample() {
    val loop = runningLoop()
    val start = loop.time()
    println(waitFor(2.seconds) { cook("salad", 1) })
    try {
        waitFor(2.seconds) { cook("roast", 3600) }
    } catch (_: TimeoutException) {
        println("roast: takes too long")
    }
    println("it is over after ${(loop.time() - start).inWholeSeconds} s")
}

private suspend fun cook(
    dish: String,
    seconds: Int,
): String {
    try {
        sleep(seconds.seconds)
        return "$dish after $seconds s"
    } catch (e: CancelledException) {
        println("$dish: putting out the fire")
        sleep(1.seconds)
        throw e
    }
}

fun main() = runLoop { waitForExample() }
