package dev.tandem.samples.basics

import dev.tandem.ReturnWhen
import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.gather
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.wait
import kotlin.time.Duration.Companion.seconds

/** `wait` ends with the first that is done, the first that fails, or the last; it throws none of their errors. */
suspend fun waitExample() {
    race(ReturnWhen.FIRST_COMPLETED)
    race(ReturnWhen.FIRST_EXCEPTION)
    race(ReturnWhen.ALL_COMPLETED)
}

private suspend fun race(returnWhen: ReturnWhen) {
    val start = runningLoop().time()
    val runners =
        listOf(
            createTask("fast") { run("fast", 1) },
            createTask("clumsy") { run("clumsy", 2) },
            createTask("slow") { run("slow", 3) },
        )
    val (done, pending) = wait(runners, returnWhen = returnWhen)
    val seconds = (runningLoop().time() - start).inWholeSeconds
    println("$returnWhen after $seconds s: done ${names(done)}; pending ${names(pending)}")
    gather<Any?>(runners, returnExceptions = true).await() // wait leaves the pending ones running
}

private suspend fun run(
    runner: String,
    seconds: Int,
) {
    sleep(seconds.seconds)
    check(runner != "clumsy") { "fell over" }
}

private fun names(tasks: Collection<Task<*>>) =
    tasks
        .map { it.name }
        .sorted()
        .joinToString()
        .ifEmpty { "nobody" }

fun main() = runLoop { waitExample() }
