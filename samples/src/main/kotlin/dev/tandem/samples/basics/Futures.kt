package dev.tandem.samples.basics

import dev.tandem.Future
import dev.tandem.InvalidStateException
import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** A future is completed by hand, once; whoever awaits it goes on with its result. */
suspend fun futuresExample() {
    val loop = runningLoop()
    val door = loop.createFuture<String>()
    val guests = gather(coroutine { guest("ada", door) }, coroutine { guest("bob", door) })
    sleep(1.seconds)
    println(if (door.done()) "the door is open" else "the door is closed")
    door.setResult("the golden key")
    println(if (door.done()) "the door is open" else "the door is closed")
    guests.await()

    try {
        door.setResult("another key")
    } catch (_: InvalidStateException) {
        println("it cannot be opened twice")
    }

    val trap = loop.createFuture<String>()
    loop.callLater(1.seconds) { trap.setException(IllegalStateException("snap")) }
    try {
        trap.await()
    } catch (e: IllegalStateException) {
        println(e.message)
    }
}

private suspend fun guest(
    name: String,
    door: Future<String>,
) {
    println("$name waits")
    val key = door.await()
    println("$name enters with $key")
}

fun main() = runLoop { futuresExample() }
