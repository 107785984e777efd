package dev.tandem.samples.basics

import dev.tandem.CancelledException
import dev.tandem.TimeoutException
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.shield
import dev.tandem.sleep
import dev.tandem.wait
import dev.tandem.waitFor
import kotlin.time.Duration.Companion.seconds

/** `shield` keeps a cancellation of the one who waits from the work; three cases. */
suspend fun shieldExample() {
    waiterIsCancelled()
    workIsCancelled()
    val waiter = createTask { saveWhateverHappens() }
    runningLoop().callLater(1.seconds) { waiter.cancel() }
    wait(listOf(waiter))
    println(if (waiter.cancelled()) "will: the waiter is cancelled" else "will: the waiter is not cancelled")
}

private suspend fun waiterIsCancelled() {
    val work = createTask { save("letter") }
    try {
        waitFor(shield(work), 1.seconds)
    } catch (_: TimeoutException) {
        println("letter: not waiting any longer")
    }
    println("later: ${work.await()}")
}

private suspend fun workIsCancelled() {
    val work = createTask { save("poem") }
    runningLoop().callLater(1.seconds) { work.cancel() }
    try {
        shield(work).await()
    } catch (_: CancelledException) {
        println("poem: the shield does not protect from that")
    }
}

private suspend fun saveWhateverHappens(): String {
    val work = createTask { save("will") }
    try {
        return shield(work).await()
    } catch (e: CancelledException) {
        println("will: cancelled, but this must be done first")
        work.await()
        throw e
    }
}

private suspend fun save(document: String): String {
    try {
        sleep(2.seconds)
        println("$document: saved")
        return "$document on disk"
    } catch (e: CancelledException) {
        println("$document: lost")
        throw e
    }
}

fun main() = runLoop { shieldExample() }
