package dev.tandem.http

import dev.tandem.http.internal.backoffMillis
import dev.tandem.http.internal.withJitter
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Which requests are sent again, and when. */
class RetryTest {
    private val quick = RetryOptions(2, baseDelay = 1.milliseconds)
    private val asked = AtomicInteger()

    @Test
    fun busyServerIsAskedAgain() =
        retryTest({ if (it < 3) 503 else 200 }) { session, url ->
            session.get(url).use { it.status } shouldBe 200
            asked.get() shouldBe 3
        }

    @Test
    fun lastAnswerIsTheOutcome() =
        retryTest({ 503 }) { session, url ->
            session.get(url).use { it.status } shouldBe 503
            asked.get() shouldBe 3
        }

    @Test
    fun otherStatusesAreAnswers() =
        retryTest({ 500 }) { session, url ->
            session.get(url).use { it.status } shouldBe 500
            asked.get() shouldBe 1
        }

    @Test
    fun postIsSentOnceUnlessAskedFor() =
        retryTest({ 503 }) { session, url ->
            session.post(url) { body("x") }.close()
            asked.get() shouldBe 1
            session.post(url) { body("x").retry(quick.withMethods(setOf("POST"))) }.close()
            asked.get() shouldBe 4
        }

    @Test
    fun streamedBodyIsSentOnce() =
        retryTest({ 503 }) { session, url ->
            session.put(url) { stream { it.write("x") } }.close()
            asked.get() shouldBe 1
        }

    @Test
    fun serverThatAsksForTooMuchTimeIsNotWaitedFor() =
        retryTest({ 503 }, "Retry-After" to "3600") { session, url ->
            session.get(url).use { it.status } shouldBe 503
            asked.get() shouldBe 1
        }

    @Test
    fun timeThatTheServerAsksForIsWaited() =
        retryTest({ if (it == 1) 429 else 200 }, "Retry-After" to "0") { session, url ->
            val slow = RetryOptions(1, baseDelay = 100.seconds, maxDelay = 100.seconds)
            session.get(url) { retry(slow) }.use { it.status } shouldBe 200
        }

    @Test
    fun timeCanBeADate() =
        retryTest({ if (it == 1) 429 else 200 }, "Retry-After" to "Sun, 06 Nov 1994 08:49:37 GMT") { session, url ->
            val slow = RetryOptions(1, baseDelay = 100.seconds, maxDelay = 100.seconds)
            session.get(url) { retry(slow) }.use { it.status } shouldBe 200
        }

    @ParameterizedTest
    @ValueSource(
        strings = ["soon", "", "-5", "1.5", "0x10", "Wed, 99 Foo 2020 25:61:61 GMT", "99999999999999999999"],
    )
    fun timeThatMakesNoSenseIsOurs(time: String) =
        retryTest({ if (it == 1) 503 else 200 }, "Retry-After" to time) { session, url ->
            session.get(url).use { it.status } shouldBe 200
            asked.get() shouldBe 2
        }

    @Test
    fun answerThatIsTriedAgainIsNotWaitedFor() =
        httpTest {
            val endless = "HTTP/1.1 503 Busy\r\nContent-Length: 1000000\r\n\r\nthe beginning"
            val closed = CountDownLatch(2)
            RawServer {
                it.send(endless)
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(retry = quick).use { session ->
                    session.get(server.url()).use { response ->
                        response.status shouldBe 503
                        // Those before it are gone, while the last one is open.
                        eventually { closed.count == 0L }
                    }
                }
            }
        }

    @Test
    fun requestThatCannotSucceedIsNotTriedAgain() =
        httpTest {
            ClientSession(retry = RetryOptions(5, baseDelay = 1000.seconds, maxDelay = 1000.seconds)).use { session ->
                shouldThrow<ClientConnectionException> { session.get("https://127.0.0.1:1/") }
            }
        }

    @Test
    fun lostConnectionIsTriedAgain() =
        httpTest {
            val answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            RawServer { if (asked.incrementAndGet() < 3) it.reset() else it.send(answer) }.use { server ->
                ClientSession(retry = quick).use { it.get(server.url()).text() shouldBe "ok" }
            }
        }

    @Test
    fun limitOfAllEndsTheRetries() =
        retryTest({ 503 }) { session, url ->
            shouldThrow<dev.tandem.TimeoutException> {
                session.get(url) {
                    retry(RetryOptions(5, baseDelay = 100.seconds, maxDelay = 100.seconds))
                    timeout(ClientTimeout(total = 200.milliseconds))
                }
            }
            (asked.get() <= 1) shouldBe true
        }

    @Test
    fun delaysDoubleUpToTheLongest() {
        List(5) { backoffMillis(it + 1, 500, 3000) } shouldBe listOf(500L, 1000L, 2000L, 3000L, 3000L)
        backoffMillis(2000, 500, 3000) shouldBe 3000L
        (withJitter(1000) in 500..1000) shouldBe true
        (withJitter(1) in 0..1) shouldBe true
    }

    private fun retryTest(
        status: (Int) -> Int,
        vararg headers: Pair<String, String>,
        body: suspend (ClientSession, String) -> Unit,
    ) = httpTest {
        JdkServer("/" to { it.answer("", status(asked.incrementAndGet()), *headers) }).use { server ->
            ClientSession(retry = quick).use { body(it, server.url()) }
        }
    }
}
