package dev.tandem.benchmarks

import dev.tandem.Runner
import dev.tandem.createTask
import dev.tandem.sleep
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import kotlin.time.Duration

/** What `SpawnBenchmark` measures: on a loop that is kept from call to call, on the calling thread. */
internal class TandemLoops : AutoCloseable {
    private val runner = Runner()

    fun spawnAndAwait(times: Int): Int =
        runner.run {
            var sum = 0
            repeat(times) { number -> sum += createTask { number }.await() }
            sum
        }

    fun yieldAlone(times: Int): Unit = runner.run { repeat(times) { sleep(Duration.ZERO) } }

    fun takeTurns(times: Int): Unit =
        runner.run {
            val other = createTask { repeat(times / 2) { sleep(Duration.ZERO) } }
            repeat(times / 2) { sleep(Duration.ZERO) }
            other.await()
        }

    override fun close(): Unit = runner.close()
}

/** The same with kotlinx coroutines, on their loop for one thread. */
internal fun asyncAndAwait(times: Int): Int =
    runBlocking {
        var sum = 0
        repeat(times) { number -> sum += async { number }.await() }
        sum
    }

internal fun yieldAlone(times: Int): Unit = runBlocking { repeat(times) { yield() } }

internal fun takeTurns(times: Int): Unit =
    runBlocking {
        launch { repeat(times / 2) { yield() } }
        repeat(times / 2) { yield() }
    }
