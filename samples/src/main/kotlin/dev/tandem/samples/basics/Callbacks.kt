package dev.tandem.samples.basics

import dev.tandem.DoneCallback
import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** A callback runs when a task is done, in a turn of its own, never inside somebody else's code. */
suspend fun callbacksExample() {
    val ring = DoneCallback<String> { println("ring: ${it.result()}") }
    val bark = DoneCallback<String> { println("bark: ${(it as Task).name} is done") }

    val books = createTask("books") { deliver("books") }
    books.addDoneCallback(ring)
    books.addDoneCallback(bark)
    println("awaited: ${books.await()}")

    books.addDoneCallback(ring) // it is done already
    println("the callback waits for its turn")
    sleep(0.seconds)

    val shoes = createTask("shoes") { deliver("shoes") }
    shoes.addDoneCallback(ring)
    shoes.addDoneCallback(bark)
    println("removed: ${shoes.removeDoneCallback(bark)}")
    shoes.await()
}

private suspend fun deliver(parcel: String): String {
    sleep(1.seconds)
    return "$parcel at the door"
}

fun main() = runLoop { callbacksExample() }
