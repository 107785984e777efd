package dev.tandem.samples.basics

import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.runningLoop
import java.util.concurrent.Executors

/** `runInExecutor` runs work in a pool of threads, the loop's own or one's own, and gives a future. */
suspend fun runInExecutorExample() {
    val loop = runningLoop()
    println("primes below 100: ${loop.runInExecutor(null) { countPrimes(100) }.await()}")

    val pool = Executors.newFixedThreadPool(2)
    val futures = listOf(10, 100, 1000).map { limit -> loop.runInExecutor(pool) { countPrimes(limit) } }
    for (primes in gather(futures).await()) println(primes)
    pool.shutdown()
}

private fun countPrimes(limit: Int): Int = (2..<limit).count { n -> (2..<n).all { n % it != 0 } }

fun main() = runLoop { runInExecutorExample() }
