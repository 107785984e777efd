package dev.tandem.streams

import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.ExceptionHandler
import dev.tandem.Future
import dev.tandem.Task
import dev.tandem.allTasks
import dev.tandem.createTask
import dev.tandem.currentTask
import dev.tandem.runningLoop
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import java.net.Socket
import java.net.SocketException
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.milliseconds

/** Clients that misbehave, and handlers that meet them. */
class ServerFaultsTest {
    private val identity by lazy { Identity.selfSigned() }

    @Test
    fun aHandshakeThatIsNeverFinishedIsGivenUp() =
        streamTest {
            val options = identity.serverOptions.withHandshakeTimeout(50.milliseconds)
            val server = startServer(LOOPBACK, 0, ssl = options) { _, _ -> error("No client got here.") }
            val clients = List(5) { rawClient(server.port) }
            // The beginning of a client's hello, which never goes on.
            clients.forEach { it.getOutputStream().write(byteArrayOf(22, 3, 1, 2, 0)) }
            clients.forEach { it.use { client -> client.awaitEnd() } }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aHandshakeThatIsGivenUpIsToldInDebugModeOnly() =
        streamTest {
            val reported = recordFailures()
            runningLoop().debug = true
            val options = identity.serverOptions.withHandshakeTimeout(50.milliseconds)
            startServer(LOOPBACK, 0, ssl = options) { _, _ -> }.use { server ->
                rawClient(server.port).use { it.receiveAll() }
                passUntil { reported.isNotEmpty() }
            }
            runningLoop().debug = false
            reported.first().exception?.message shouldContain "was not over after 50ms"
        }

    @Test
    fun closeClientsEndsHandshakes() =
        streamTest {
            val server = startServer(LOOPBACK, 0, ssl = identity.serverOptions) { _, _ -> error("No client got here.") }
            rawClient(server.port).use { client ->
                passUntil { "1 connections" in server.toString() }
                server.close()
                server.closeClients()
                server.waitClosed()
                client.receiveAll() shouldBe ""
            }
            passUntil { (allTasks() - currentTask()).isEmpty() }
        }

    @Test
    fun aClientThatResetsBeforeItsHandlerStartsHarmsNobody() =
        streamTest {
            val reported = recordFailures()
            val server = startServer(LOOPBACK, 0, startServing = false) { reader, _ -> reader.read() }
            // All of them are gone when the first is accepted.
            repeat(10) { rawClient(server.port).reset() }
            server.startServing()
            openConnection(LOOPBACK, server.port).use { it.writer.write("fine".toByteArray()) }
            passUntil { reported.size == 10 }
            server.close()
            server.waitClosed()
            reported.map { it.exception!!.message!!.substringAfter("was ") }.distinct() shouldBe
                listOf("lost: Connection reset")
        }

    @Test
    fun closeClientsReachesHandlersWhateverTheyAwait() =
        streamTest {
            val ends = ArrayList<String>()
            var waiting = 0
            val something: Future<Unit> = runningLoop().createFuture()
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    val kind = reader.readExactly(1).text()
                    if (kind == "d") writer.write(ByteArray(32 * 1024 * 1024))
                    waiting++
                    ends +=
                        try {
                            when (kind) {
                                "r" -> reader.read()
                                "d" -> writer.drain()
                                else -> something.await()
                            }
                            "$kind: went on"
                        } catch (e: ConnectionResetException) {
                            "$kind: ${e.javaClass.simpleName}"
                        }
                }
            val clients = List(3) { rawClient(server.port) }
            clients.zip(listOf("r", "d", "w")).forEach { (client, kind) -> client.send(kind) }
            passUntil { waiting == 3 }
            server.close()
            server.closeClients()
            // The one that drains has a client that does not read.
            server.abortClients()
            server.waitClosed()
            passUntil { ends.size == 2 }
            ends shouldContainExactlyInAnyOrder listOf("r: went on", "d: ConnectionResetException")
            something.complete(Unit)
            passUntil { ends.size == 3 }
            clients.forEach { it.close() }
        }

    @Test
    fun aHandlerThatIsCancelledClosesItsConnectionAndNoOther() =
        streamTest {
            val tasks = ArrayList<Task<*>>()
            val server =
                startServer(LOOPBACK, 0) { reader, writer ->
                    tasks += currentTask()!!
                    writer.write(reader.readExactly(1))
                    writer.write(reader.readExactly(1))
                }
            val (one, two) = List(2) { openConnection(LOOPBACK, server.port) }
            for (client in listOf(one, two)) {
                client.writer.write("a".toByteArray())
                client.reader.readExactly(1)
            }
            tasks.first().cancel()
            one.use { it.reader.read().size shouldBe 0 }
            two.use { (reader, writer) ->
                writer.write("b".toByteArray())
                reader.read().text() shouldBe "b"
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aHandlerThatIsCancelledBeforeItsFirstStepClosesItsConnection() =
        streamTest {
            val server = startServer(LOOPBACK, 0, startServing = false) { _, _ -> error("It was cancelled before.") }
            val clients = List(3) { rawClient(server.port) }
            server.startServing()
            passUntil { "3 connections" in server.toString() }
            (allTasks() - currentTask()).forEach { it!!.cancel() }
            clients.forEach { it.use { client -> client.receiveAll() shouldBe "" } }
            server.close()
            server.waitClosed()
        }

    @Test
    fun fiveHundredIdleConnectionsLeaveNothingBehind() =
        streamTest {
            val loops = ConcurrentLinkedQueue<EventLoop>()
            for (count in listOf(1, 2)) {
                val server =
                    startServer(LOOPBACK, 0, backlog = 1000, loops = count) { reader, writer ->
                        loops += runningLoop()
                        writer.write(reader.readLine())
                        reader.readLine()
                    }
                val clients = List(500) { openConnection(LOOPBACK, server.port) }
                clients.forEach { it.writer.write("hello\n".toByteArray()) }
                clients.forEach { it.reader.readLine() }
                server.toString() shouldContain "500 connections"
                loops
                    .groupingBy { it }
                    .eachCount()
                    .values
                    .toList() shouldBe List(count) { 500 / count }
                clients.forEach { it.close() }
                server.close()
                server.waitClosed()
                server.sockets.shouldBeEmpty()
                passUntil { loops.all { it === runningLoop() || it.isClosed } }
                passUntil { (allTasks() - currentTask()).isEmpty() }
                loops.clear()
            }
            passes(3)
            watchedKeys() shouldHaveSize 0
        }

    @Test
    fun aCancelledWaitForTheEndCancelsNothingElse() =
        streamTest {
            val server = echoServer()
            val waits = List(2) { createTask { server.waitClosed() } }
            passes(2)
            waits.first().cancel()
            passes(2)
            waits.first().cancelled() shouldBe true
            server.close()
            waits.last().await()
        }

    /** Whether it is an end or a reset depends on whether the server has read what was sent. */
    private suspend fun Socket.awaitEnd() {
        try {
            receiveAll() shouldBe ""
        } catch (_: SocketException) {
            // Reset.
        }
    }

    private fun recordFailures(): List<ExceptionContext> {
        val reported = ArrayList<ExceptionContext>()
        runningLoop().exceptionHandler = ExceptionHandler { _, context -> reported += context }
        return reported
    }
}
