package dev.tandem.http

import dev.tandem.TimeoutException
import dev.tandem.createTask
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Limits of time, against servers that never answer. */
class ClientTimeoutTest {
    @ParameterizedTest
    @EnumSource
    internal fun totalEndsTheWaitForTheHead(engine: Engine) =
        httpTest {
            val closed = CountDownLatch(1)
            RawServer {
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                val limits = ClientTimeout(total = 1.seconds)
                ClientSession(timeout = limits, engine = engine.factory).use { session ->
                    shouldThrow<TimeoutException> { session.get(server.url()) }.message shouldBe
                        "GET ${server.url()} took longer than 1s (the limit `total`)."
                    eventually { closed.count == 0L }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun totalEndsTheWaitForTheBody(engine: Engine) =
        httpTest {
            val closed = CountDownLatch(1)
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    val response = session.get(server.url()) { timeout(ClientTimeout(total = 2.seconds)) }
                    shouldThrow<TimeoutException> { response.text() }.message!! shouldContain "the limit `total`"
                    eventually { closed.count == 0L }
                }
            }
        }

    @Test
    fun responseThatNobodyReadsIsClosedWhenTotalIsOver() =
        httpTest {
            val closed = CountDownLatch(1)
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(timeout = ClientTimeout(total = 2.seconds)).use { session ->
                    session.get(server.url())
                    eventually { closed.count == 0L }
                }
            }
        }

    @Test
    fun socketReadEndsASilence() =
        httpTest {
            RawServer { it.awaitEnd() }.use { server ->
                ClientSession(timeout = ClientTimeout(socketRead = 200.milliseconds)).use { session ->
                    shouldThrow<TimeoutException> { session.get(server.url()) }.message shouldBe
                        "GET ${server.url()}: the server was silent for 200ms (the limit `socketRead`)."
                }
            }
        }

    @Test
    fun socketReadEndsASilenceInTheBody() =
        httpTest {
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
            }.use { server ->
                ClientSession(timeout = ClientTimeout(socketRead = 200.milliseconds)).use { session ->
                    shouldThrow<TimeoutException> { session.get(server.url()).text() }.message!! shouldContain
                        "the limit `socketRead`"
                }
            }
        }

    @Test
    fun connectEndsAnAttempt() =
        httpTest {
            // Whose queue of connections is full: further ones are neither accepted nor refused.
            ServerSocket(0, 1, InetAddress.getByName(LOOPBACK)).use { busy ->
                val waiting = List(4) { Socket() }
                waiting.forEach {
                    try {
                        it.connect(busy.localSocketAddress, 100)
                    } catch (_: java.net.SocketTimeoutException) {
                        // The queue is full.
                    }
                }
                ClientSession(timeout = ClientTimeout(connect = 200.milliseconds)).use { session ->
                    val url = "http://$LOOPBACK:${busy.localPort}/"
                    shouldThrow<TimeoutException> { session.get(url) }.message!! shouldContain
                        "no connection within 200ms (the limit `connect`)"
                }
                waiting.forEach { it.close() }
            }
        }

    @Test
    fun timeToWaitForAConnectionCounts() =
        httpTest {
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
            }.use { server ->
                ClientSession(limit = 1).use { session ->
                    session.get(server.url()).use {
                        val second =
                            createTask { session.get(server.url()) { timeout(ClientTimeout(total = 50.milliseconds)) } }
                        shouldThrow<TimeoutException> { second.await() }.message!! shouldContain
                            "became free within 50ms"
                    }
                }
            }
        }

    @Test
    fun limitThatIsNotPositiveFailsAtTheCall() {
        shouldThrow<IllegalArgumentException> { ClientTimeout(total = Duration.ZERO) }
    }
}
