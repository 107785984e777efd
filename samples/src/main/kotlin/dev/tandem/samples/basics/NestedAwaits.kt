package dev.tandem.samples.basics

import dev.tandem.runLoop
import dev.tandem.sleep
import kotlin.time.Duration.Companion.seconds

/** A call of a suspend function is an await: it runs the function here and now, and gives its result. */
suspend fun nestedAwaitsExample() {
    println("the guests arrive")
    println(makeTea(8))
    println("the guests are happy")
}

private suspend fun makeTea(cups: Int): String {
    val water = boil(cups / 4)
    return "$cups cups of tea from $water"
}

private suspend fun boil(litres: Int): String {
    println("boiling $litres l of water")
    sleep(1.seconds)
    return "$litres l of hot water"
}

fun main() = runLoop { nestedAwaitsExample() }
