package dev.tandem.streams

import dev.tandem.ExceptionContext
import dev.tandem.ExceptionHandler
import dev.tandem.Runner
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.shouldNotBe
import org.junit.jupiter.api.Test

/** In debug mode, what was never closed is reported when its loop is. */
class ForgottenConnectionTest {
    private val reports = ArrayList<ExceptionContext>()

    @Test
    fun aConnectionThatNobodyClosedIsReportedWithWhereItWasOpened() {
        rawServer().use { server ->
            runDebugging(debug = true) { openConnection(LOOPBACK, server.localPort) }
            reports.single().message shouldBe
                "The connection to 127.0.0.1:${server.localPort} was never closed; it is closed with its loop"
            reports.single().createdAt shouldNotBe null
        }
    }

    @Test
    fun aClosedConnectionThatHasMoreToSendIsNot() {
        rawServer().use { server ->
            runDebugging(debug = true) {
                val (_, writer) = openConnection(LOOPBACK, server.localPort)
                while (writer.writeBufferSize() == 0) writer.write(ByteArray(100_000))
                writer.close()
            }
            reports.shouldBeEmpty()
        }
    }

    @Test
    fun withoutDebugModeNothingIsReported() {
        rawServer().use { server ->
            runDebugging(debug = false) { openConnection(LOOPBACK, server.localPort) }
            reports.shouldBeEmpty()
        }
    }

    private fun runDebugging(
        debug: Boolean,
        body: suspend () -> Unit,
    ) {
        Runner(debug = debug).use { runner ->
            runner.loop.exceptionHandler = ExceptionHandler { _, context -> reports += context }
            runner.run { body() }
        }
    }
}
