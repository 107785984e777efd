package dev.tandem.javaapi

import dev.tandem.sleep
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import java.util.concurrent.CancellationException
import kotlin.time.Duration.Companion.seconds

/** Does [work] in Kotlin, for the outcome matrix of Java. */
class KotlinWork(
    private val work: Work,
) {
    /** Waits by our own `sleep`. */
    suspend fun run(): String = steps { sleep(1.seconds) }

    /** Waits as kotlinx code does, inside a scope with a child that would go on for longer. */
    suspend fun runInScope(): String =
        coroutineScope {
            val child = launch { delay(100_000) }
            steps { delay(1000) }.also { child.cancel() }
        }

    private suspend inline fun steps(waitASecond: () -> Unit): String =
        try {
            for (number in 1..Work.STEPS) {
                waitASecond()
                work.step(number)
            }
            work.outcome()
        } catch (e: CancellationException) {
            throw work.cancelled(e)
        } finally {
            work.end()
        }
}
