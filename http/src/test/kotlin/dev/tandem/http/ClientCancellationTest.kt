package dev.tandem.http

import dev.tandem.CancelledException
import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration.Companion.milliseconds

/** Who stops waiting closes the connection, and the server notices. */
class ClientCancellationTest {
    private val asked = CountDownLatch(1)
    private val closed = CountDownLatch(1)

    @ParameterizedTest
    @EnumSource
    internal fun cancelledWaitForTheHeadClosesTheConnection(engine: Engine) =
        httpTest {
            RawServer {
                asked.countDown()
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    val task = createTask { session.get(server.url()) }
                    eventually { asked.count == 0L }
                    cancelAndAwait(task)
                    eventually { closed.count == 0L }
                    session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun cancelledReadClosesTheConnection(engine: Engine) =
        httpTest {
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    val pieces = ArrayList<String>()
                    val task =
                        createTask {
                            session.get(server.url()).use { response ->
                                for (piece in response.content) {
                                    pieces += piece.decodeToString()
                                    asked.countDown()
                                }
                            }
                        }
                    eventually { asked.count == 0L }
                    cancelAndAwait(task)
                    eventually { closed.count == 0L }
                    pieces shouldContainExactly listOf("half")
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun responseThatIsLeftEarlyClosesTheConnection(engine: Engine) =
        httpTest {
            val half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
            RawServer {
                it.send(half)
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    val response = session.get(server.url()).also { it.close() }
                    eventually { closed.count == 0L }
                    shouldThrow<IllegalStateException> { response.text() }.message!! shouldContain
                        "the response is closed"
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun closedSessionEndsItsRequests(engine: Engine) =
        httpTest {
            RawServer {
                asked.countDown()
                it.awaitEnd()
                closed.countDown()
            }.use { server ->
                val session = ClientSession(engine = engine.factory)
                val task = createTask { session.get(server.url()) }
                eventually { asked.count == 0L }
                session.close()
                shouldThrow<ClientConnectionException> { task.await() }.message shouldBe
                    "GET ${server.url()}: the session was closed."
                session.waitClosed()
                eventually { closed.count == 0L }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun timeoutOfKotlinxEndsTheWaitForTheHead(engine: Engine) =
        httpTest {
            RawServer { it.awaitEnd().also { closed.countDown() } }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    withTimeoutOrNull(200.milliseconds) { session.get(server.url()) } shouldBe null
                    eventually { closed.count == 0L }
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun timeoutOfKotlinxEndsTheWaitForTheBody(engine: Engine) =
        httpTest {
            RawServer {
                it.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
                it.awaitEnd()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    val response = session.get(server.url())
                    withTimeoutOrNull(200.milliseconds) { response.text() } shouldBe null
                    session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                }
            }
        }

    @ParameterizedTest
    @EnumSource
    internal fun cancelledJobOfKotlinxDoesNotFailItsScope(engine: Engine) =
        httpTest {
            RawServer {
                asked.countDown()
                it.awaitEnd()
            }.use { server ->
                ClientSession(engine = engine.factory).use { session ->
                    coroutineScope {
                        val job = launch { session.get(server.url()).use { it.text() } }
                        eventually { asked.count == 0L }
                        job.cancelAndJoin()
                    }
                    session.toString() shouldBe "ClientSession(open, 0 requests under way)"
                }
            }
        }

    @Test
    fun cancelledWaitForAConnectionPassesItOn() =
        httpTest {
            JdkServer("/" to { it.answer("x") }).use { server ->
                ClientSession(limit = 1).use { session ->
                    val first = session.get(server.url())
                    val second = createTask { session.get(server.url()) }
                    val third = createTask { session.get(server.url()).use { it.text() } }
                    dev.tandem.sleep(kotlin.time.Duration.ZERO)
                    cancelAndAwait(second)
                    first.close()
                    third.await() shouldBe "x"
                }
            }
        }

    @Test
    fun forgottenSessionIsClosedWithTheLoopAndReportedInDebugMode() {
        val reports = ArrayList<String>()
        runLoop(debug = true) {
            runningLoop().exceptionHandler = dev.tandem.ExceptionHandler { _, context -> reports += context.message }
            ClientSession()
        }
        reports shouldContainExactly listOf("A ClientSession was not closed. Use it with use { }, or close() it.")
    }

    private suspend fun cancelAndAwait(task: Task<*>) {
        task.cancel()
        shouldThrow<CancelledException> { task.await() }
    }
}
