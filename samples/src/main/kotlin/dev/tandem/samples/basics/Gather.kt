package dev.tandem.samples.basics

import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** `gather` runs several at once: results in the order asked for, or else the first failure. */
suspend fun gatherExample() {
    val loop = runningLoop()
    var start = loop.time()
    val pages = gather(fetch("home", 3), fetch("news", 1), fetch("mail", 2)).await()
    println("${pages.joinToString(" ")} after ${(loop.time() - start).inWholeSeconds} s")

    start = loop.time()
    try {
        gather(fetch("home", 3), fetch("shop", 1), fetch("mail", 2)).await()
    } catch (e: IllegalStateException) {
        println("${e.message}, after ${(loop.time() - start).inWholeSeconds} s")
    }
    sleep(3.seconds) // the others go on
}

private fun fetch(
    page: String,
    seconds: Int,
) = coroutine {
    sleep(seconds.seconds)
    check(page != "shop") { "the shop is closed" }
    println("$page is here")
    "<$page>"
}

fun main() = runLoop { gatherExample() }
