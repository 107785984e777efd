package dev.tandem.http

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.gather
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger

/** How many requests are under way at once. */
class ConnectionLimitTest {
    private val now = AtomicInteger()
    private val most = AtomicInteger()

    @Test
    fun neverMoreThanTheLimitAtOnce() =
        httpTest {
            JdkServer("/" to { counted { it.answer("x") } }).use { server ->
                ClientSession(limit = 3).use { session ->
                    val tasks = List(20) { createTask { session.get(server.url()).use { it.text() } } }
                    gather(tasks).await().size shouldBe 20
                }
            }
            (most.get() <= 3) shouldBe true
        }

    @Test
    fun busyHostDoesNotKeepOthersWaiting() =
        httpTest {
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
            }.use { busy ->
                JdkServer("/" to { it.answer("x") }).use { server ->
                    ClientSession(limit = 2, limitPerHost = 1).use { session ->
                        session.get(busy.url()).use {
                            val waiting = createTask { session.get(busy.url()) }
                            session.get(server.url()).use { it.text() } shouldBe "x"
                            waiting.done() shouldBe false
                            waiting.cancel()
                            shouldThrow<CancelledException> { waiting.await() }
                        }
                    }
                }
            }
        }

    private fun counted(block: () -> Unit) {
        most.accumulateAndGet(now.incrementAndGet(), ::maxOf)
        try {
            block()
        } finally {
            now.decrementAndGet()
        }
    }
}
