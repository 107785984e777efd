package dev.tandem.samples.basics

import dev.tandem.ContextVar
import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.toThread
import java.util.concurrent.LinkedBlockingQueue

private val user = ContextVar<String>("user")
private val letters = LinkedBlockingQueue<String>()

/** Blocking work belongs on another thread: `toThread` runs it there, and the loop goes on. */
suspend fun toThreadExample() {
    user.set("ada") // the thread sees the caller's context
    val (reading) = gather(coroutine { toThread(::readLetter) }, coroutine { writeLetter() }).await()
    println(reading)

    val thread = toThread { Thread.currentThread() }
    println(if (thread == Thread.currentThread()) "same thread" else "another thread")

    try {
        toThread { error("the pen is broken") }
    } catch (e: IllegalStateException) {
        println("failed: ${e.message}")
    }
}

private fun readLetter(): String {
    val text = letters.take() // blocks its thread until there is one
    return "${user.get()} reads $text"
}

private fun writeLetter() {
    println("the loop goes on")
    letters.put("dear loop")
}

fun main() = runLoop { toThreadExample() }
