package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import org.junit.jupiter.api.Test
import java.net.ConnectException

class OpenConnectionRealTimeTest {
    /** The system repeats the request to connect after a second, and gets a reset for an answer. */
    @Test
    fun aServerThatGoesAwayWhileItIsConnectedToRefuses() =
        streamTest {
            unresponsiveServer { server, _ ->
                val task = createTask { openConnection(LOOPBACK, server.localPort) }
                passUntil { watchedKeys().isNotEmpty() }
                server.close()
                shouldThrow<ConnectException> { task.await() }.message shouldEndWith "Connection refused (127.0.0.1)"
                shouldBeClean()
            }
        }

    /** The system repeats the request to connect after a second: that is what this test waits for. */
    @Test
    fun aConnectionMadeInThePassOfItsCancellationIsClosed() =
        streamTest {
            unresponsiveServer { server, waiting ->
                val task = createTask { openConnection(LOOPBACK, server.localPort) }
                passUntil { watchedKeys().isNotEmpty() }
                repeat(waiting) { server.accept().close() }
                // Blocks the loop, which therefore learns of the connection together with the cancellation.
                val peer = server.accept()
                runningLoop().callSoon { task.cancel() }
                shouldThrow<CancelledException> { task.await() }
                shouldBeClean()
                peer.soTimeout = 10_000
                peer.use { it.getInputStream().read() } shouldBe -1
            }
        }
}
