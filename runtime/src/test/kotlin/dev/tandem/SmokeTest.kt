package dev.tandem

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

class SmokeTest {
    @Test
    fun sleepsInVirtualTime() {
        val log = ArrayList<String>()
        runLoop(clock = VirtualClock()) {
            val a =
                createTask("a") {
                    sleep(1.hours)
                    log += "a ${runningLoop().time()}"
                    1
                }
            val b =
                createTask("b") {
                    sleep(2.seconds)
                    log += "b ${runningLoop().time()}"
                    2
                }
            val c =
                createTask("c") {
                    try {
                        sleep(5.hours)
                    } catch (
                        e: CancelledException,
                    ) {
                        log += "c ${e.message}"
                    }
                    3
                }
            sleep(1.seconds)
            c.cancel("stop")
            gather(a, b, c).await() shouldBe listOf(1, 2, 3)
            try {
                timeout(1.seconds) { sleep(2.seconds) }
            } catch (e: TimeoutException) {
                log += "TO"
            }
            try {
                taskGroup { g ->
                    g.createTask { error("x") }
                    sleep(9.hours)
                }
            } catch (e: ExceptionGroup) {
                log +=
                    e.message
            }
            log += toThread { "thread" }
        }
        log shouldBe listOf("c stop", "b 2s", "a 1h", "TO", "Tasks of a group failed (1 exception)", "thread")
    }
}
