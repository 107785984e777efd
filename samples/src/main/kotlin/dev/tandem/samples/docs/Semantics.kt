package dev.tandem.samples.docs

import dev.tandem.CancelledException
import dev.tandem.TimeoutException
import dev.tandem.VirtualClock
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.timeout
import kotlinx.coroutines.coroutineScope
import java.util.concurrent.CancellationException
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

/** The examples of `docs/semantics.md`; a test compares what they print with the comments in them. */
suspend fun order() {
    // region order
    val loop = runningLoop()
    createTask { println("task: first step") }
    loop.callSoon { println("callback") }
    loop.callLater(0.seconds) { println("timer") }
    println("caller")
    sleep(0.seconds)
    println("caller again")
    // caller, task: first step, callback, caller again, timer
    // endregion
}

suspend fun awaitingWhatIsDone() {
    // region done
    val answer = runningLoop().createFuture<Int>()
    answer.setResult(42)
    createTask { println("the other task") }
    println("got ${answer.await()}") // done already: no other task runs here
    sleep(0.seconds) // now one does
    // got 42, the other task
    // endregion
}

suspend fun cancellationIsAnException() {
    // region cancel
    val task =
        createTask {
            try {
                sleep(1.hours)
            } catch (_: CancelledException) {
                println("asked to stop")
            }
            sleep(1.seconds) // the request is spent: this sleep is an ordinary one
            "finished"
        }
    sleep(1.seconds)
    task.cancel()
    println("${task.await()}, cancelled=${task.cancelled()}, requests=${task.cancelling()}")
    // asked to stop, finished, cancelled=false, requests=1
    // endregion
}

suspend fun timeLimitInsideScope() {
    // region scope-pitfall
    val task =
        createTask {
            coroutineScope {
                try {
                    timeout(1.seconds) { sleep(1.hours) } // its cancellation cancels the scope, for good
                } catch (_: TimeoutException) {
                    println("too slow")
                }
                sleep(1.seconds) // throws
                println("never printed")
            }
        }
    try {
        task.await()
    } catch (_: CancellationException) {
        println("cancelled by its own time limit")
    }
    // too slow, cancelled by its own time limit
    // endregion
}

suspend fun timeLimitAroundScope() {
    // region scope-fix
    try {
        timeout(1.seconds) { coroutineScope { sleep(1.hours) } }
    } catch (_: TimeoutException) {
        println("too slow")
    }
    sleep(1.seconds)
    println("goes on")
    // too slow, goes on
    // endregion
}

fun timeThatTakesNoTime() {
    // region virtual-clock
    runLoop(clock = VirtualClock()) {
        sleep(1.hours)
        println(runningLoop().time())
    }
    // 1h
    // endregion
}
