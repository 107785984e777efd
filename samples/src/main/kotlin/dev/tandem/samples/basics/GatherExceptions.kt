package dev.tandem.samples.basics

import dev.tandem.CancelledException
import dev.tandem.coroutine
import dev.tandem.createTask
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** With `returnExceptions`, `gather` waits for all; failures and cancellations are entries of its list. */
suspend fun gatherExceptionsExample() {
    val mail = createTask(fetch("mail", 2))
    runningLoop().callLater(1.seconds) { mail.cancel() }
    val outcomes = gather<Any?>(fetch("home", 3), fetch("shop", 1), mail, returnExceptions = true).await()
    for (outcome in outcomes) println(describe(outcome))
}

private fun fetch(
    page: String,
    seconds: Int,
) = coroutine {
    sleep(seconds.seconds)
    check(page != "shop") { "the shop is closed" }
    "<$page>"
}

private fun describe(outcome: Any?): String =
    when (outcome) {
        is CancelledException -> "cancelled"
        is Exception -> "failed: ${outcome.message}"
        else -> "$outcome"
    }

fun main() = runLoop { gatherExceptionsExample() }
