package dev.tandem.samples

import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

// The program of the README, as brew.py and Brew.java have it.

// region brew
suspend fun brew(seconds: Int): String {
    sleep(seconds.seconds)
    return "ready after $seconds s"
}

fun main() {
    runLoop {
        val tea = createTask { brew(2) }
        println("coffee " + brew(1))
        println("tea " + tea.await())
    }
}
// endregion
