package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ContextVar
import dev.tandem.Event
import dev.tandem.EventLoop
import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import java.net.BindException
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.hours

/** Servers whose connections are spread over several loops. */
class ServerLoopsTest {
    private val loops: MutableSet<EventLoop> = ConcurrentHashMap.newKeySet()
    private val threads: MutableSet<Thread> = ConcurrentHashMap.newKeySet()

    @Test
    fun connectionsAreSpreadEvenly() =
        streamTest {
            val counts = ConcurrentHashMap<EventLoop, Int>()
            val server =
                startServer(LOOPBACK, 0, loops = 3) { reader, writer ->
                    counts.merge(runningLoop(), 1, Int::plus)
                    echoOnOneLoop(reader, writer)
                }
            val clients = connect(server, 9)
            counts.values.toList() shouldBe listOf(3, 3, 3)
            server.toString() shouldContain "9 connections on 3 loops"
            end(server, clients)
        }

    @Test
    fun theLoopWithFewestGetsTheNextConnection() =
        streamTest {
            val places = ConcurrentLinkedQueue<EventLoop>()
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    places += runningLoop()
                    echoOnOneLoop(reader, writer)
                }
            val clients = connect(server, 4)
            val (here, there) = clients.zip(places).partition { it.second === runningLoop() }
            there.forEach { it.first.close() }
            passUntil { "2 connections" in server.toString() }
            val more = connect(server, 2)
            places.toList().takeLast(2).count { it === runningLoop() } shouldBe 0
            end(server, here.map { it.first } + more)
        }

    @Test
    fun threadsEndWithTheLastConnection() =
        streamTest {
            val server = startServer(LOOPBACK, 0, loops = 3, handler = ::echoOnOneLoop)
            val clients = connect(server, 3)
            server.close()
            clients.forEach { it.exchange("still here") }
            workers().all { it.isAlive } shouldBe true
            clients.forEach { it.close() }
            server.waitClosed()
            shouldEnd()
        }

    @Test
    fun threadsOfAServerWithoutConnectionsEndAtItsClose() =
        streamTest {
            val server = startServer(LOOPBACK, 0, loops = 3, handler = ::echoOnOneLoop)
            end(server, connect(server, 3))
        }

    @Test
    fun closeClientsReachesEveryLoop() =
        streamTest {
            val server = startServer(LOOPBACK, 0, loops = 3, handler = ::echoOnOneLoop)
            val clients = connect(server, 6)
            server.close()
            server.closeClients()
            server.waitClosed()
            clients.forEach { it.reader.read().size shouldBe 0 }
            end(server, clients)
        }

    @Test
    fun abortClientsReachesEveryLoop() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    seen()
                    writer.write(ByteArray(16 * 1024 * 1024))
                    reader.read()
                }
            val clients = List(2) { rawClient(server.port) }
            clients.forEach { it.receive(1) }
            server.close()
            server.abortClients()
            server.waitClosed()
            clients.forEach { it.close() }
            shouldEnd()
        }

    @Test
    fun aCancelledServeForeverEndsEveryLoop() =
        streamTest {
            val server = startServer(LOOPBACK, 0, loops = 2, handler = ::echoOnOneLoop)
            val serving = createTask { server.serveForever() }
            val clients = connect(server, 2)
            serving.cancel()
            passes(3)
            serving.done() shouldBe false
            server.closeClients()
            shouldThrow<CancelledException> { serving.await() }
            clients.forEach { it.use { (reader, _) -> reader.read().size shouldBe 0 } }
            shouldEnd()
        }

    @Test
    fun aServerLeftOpenEndsWithItsLoop() {
        val cancelled = ConcurrentLinkedQueue<EventLoop>()
        runLoop {
            val server =
                startServer(LOOPBACK, 0, loops = 3) { reader, writer ->
                    try {
                        echoOnOneLoop(reader, writer)
                    } catch (e: CancelledException) {
                        cancelled += runningLoop()
                        throw e
                    }
                }
            connect(server, 3)
        }
        cancelled shouldContainExactlyInAnyOrder loops
        loops.all { it.isClosed } shouldBe true
        workers().none { it.isAlive } shouldBe true
    }

    @Test
    fun aServerThatIsClosingEndsWithItsLoop() {
        runLoop {
            val server = startServer(LOOPBACK, 0, loops = 2, handler = ::echoOnOneLoop)
            connect(server, 2)
            server.close()
        }
        workers().none { it.isAlive } shouldBe true
    }

    @Test
    fun whatHandlersLeaveRunningIsCancelledWhenTheirLoopEnds() =
        streamTest {
            val ends = ConcurrentLinkedQueue<String>()
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    if (runningLoop().isFirst()) return@startServer echoOnOneLoop(reader, writer)
                    createTask {
                        try {
                            sleep(1.hours)
                        } catch (e: CancelledException) {
                            ends += "cancelled"
                            throw e
                        }
                    }
                    echoOnOneLoop(reader, writer)
                }
            first = runningLoop()
            end(server, connect(server, 2))
            ends.toList() shouldBe listOf("cancelled")
        }

    @Test
    fun aHandlerIsWaitedForThoughItsConnectionIsGone() =
        streamTest {
            val events = ConcurrentLinkedQueue<String>()
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    echoOnOneLoop(reader, writer)
                    writer.close()
                    passes(10)
                    events += "cleaned up"
                }
            end(server, connect(server, 2))
            passUntil { events.size == 2 }
        }

    @Test
    fun failuresReachTheHandlerOnTheThreadOfTheirLoop() =
        streamTest {
            val reports = ConcurrentLinkedQueue<Pair<EventLoop, Thread>>()
            runningLoop().exceptionHandler = ExceptionHandler { loop, _ -> reports += loop to Thread.currentThread() }
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, _ ->
                    seen()
                    reader.readExactly(1)
                    error("as you wish")
                }
            val clients = List(2) { openConnection(LOOPBACK, server.port) }
            clients.forEach { it.writer.write("x".toByteArray()) }
            clients.forEach { it.reader.read() }
            passUntil { reports.size == 2 }
            reports.map { it.first } shouldContainExactlyInAnyOrder loops
            reports.map { it.second } shouldContainExactlyInAnyOrder threads
            end(server, clients)
        }

    @Test
    fun aLoopThatBreaksDownIsReportedAndTheOthersGoOn() =
        streamTest {
            val reports = ConcurrentLinkedQueue<String>()
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> reports += context.message }
            lateinit var server: Server
            server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    if (runningLoop() !== server.loop) throw InternalError("as you wish")
                    echoOnOneLoop(reader, writer)
                }
            val here = connect(server, 1)
            openConnection(LOOPBACK, server.port).use { it.reader.read().size shouldBe 0 }
            passUntil { "tandem-server-2 has failed; its connections are closed" in reports }
            end(server, here + connect(server, 3))
        }

    @Test
    fun theServerIsUsedOnItsOwnLoopOnly() =
        streamTest {
            val failures = ConcurrentLinkedQueue<String>()
            lateinit var server: Server
            server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    if (runningLoop() !== server.loop) {
                        failures += shouldThrow<IllegalStateException> { server.close() }.message!!
                        server.loop.callSoonThreadsafe { server.close() }
                    }
                    echoOnOneLoop(reader, writer)
                }
            val clients = connect(server, 2)
            passUntil { !server.isServing() }
            failures.single() shouldContain "server.loop.callSoonThreadsafe"
            end(server, clients)
        }

    @Test
    fun handlersSeeTheContextOfTheStart() =
        streamTest {
            val name = ContextVar("name", "nobody")
            name.set("the server")
            val seen = ConcurrentLinkedQueue<String>()
            val server = startServer(LOOPBACK, 0, loops = 2) { _, _ -> seen += name.get() }
            name.set("somebody else")
            List(2) { openConnection(LOOPBACK, server.port) }.forEach { it.use { (reader, _) -> reader.read() } }
            seen.toList() shouldBe listOf("the server", "the server")
            server.close()
            server.waitClosed()
            shouldEnd()
        }

    @Test
    fun tlsConnectionsLiveOnTheirLoops() {
        val identity = Identity.selfSigned()
        streamTest {
            val server = startServer(LOOPBACK, 0, ssl = identity.serverOptions, loops = 2, handler = ::echoOnOneLoop)
            val clients = List(4) { openConnection(LOOPBACK, server.port, identity.trustOptions) }
            clients.forEach { it.exchange("secret") }
            loops shouldHaveSize 2
            end(server, clients)
        }
    }

    @Test
    fun aStartThatFailsLeavesNoThread() =
        streamTest {
            rawServer().use { taken ->
                shouldThrow<BindException> { startServer(LOOPBACK, taken.localPort, loops = 2) { _, _ -> } }
            }
            serverThreads().shouldBeEmpty()
        }

    @Test
    fun aStartThatIsCancelledLeavesNothing() =
        streamTest {
            repeat(5) { step ->
                val start = createTask { startServer(LOOPBACK, 0, loops = 3) { _, _ -> } }
                passes(step)
                if (start.cancel()) shouldThrow<CancelledException> { start.await() } else start.await().close()
                passUntil { serverThreads().isEmpty() }
            }
        }

    @Test
    fun manyConnectionsComeAndGo() =
        streamTest {
            val server = startServer(LOOPBACK, 0, loops = 2, handler = ::echoOnOneLoop)
            val done = Event()
            var left = 20
            repeat(left) {
                createTask {
                    repeat(10) { openConnection(LOOPBACK, server.port).use { it.exchange("ping $it") } }
                    if (--left == 0) done.set()
                }
            }
            done.await()
            end(server, emptyList())
        }

    private lateinit var first: EventLoop

    private fun EventLoop.isFirst() = this === first

    private fun seen() {
        loops += runningLoop()
        threads += Thread.currentThread()
    }

    private suspend fun echoOnOneLoop(
        reader: StreamReader,
        writer: StreamWriter,
    ) {
        seen()
        val loop = runningLoop()
        val thread = Thread.currentThread()
        while (true) {
            val some = reader.read(1024)
            check(runningLoop() === loop && Thread.currentThread() === thread) { "moved to another loop" }
            if (some.isEmpty()) return
            writer.write(some)
            writer.drain()
        }
    }

    private suspend fun Connection.exchange(text: String) {
        writer.write(text.toByteArray())
        reader.readExactly(text.length).text() shouldBe text
    }

    /** Opens connections one after the other, each of them served when the next one comes. */
    private suspend fun connect(
        server: Server,
        count: Int,
    ): List<Connection> = List(count) { openConnection(LOOPBACK, server.port).also { it.exchange("hello") } }

    private suspend fun end(
        server: Server,
        clients: List<Connection>,
    ) {
        clients.forEach { it.close() }
        server.close()
        server.waitClosed()
        shouldEnd()
    }

    /** Waits for the end of the threads; the test's time limit fails it if there is none. */
    private suspend fun shouldEnd() {
        passUntil { workers().none { it.isAlive } && serverThreads().isEmpty() }
        passUntil { loops.all { it === runningLoop() || it.isClosed } }
        passes(2)
    }

    private fun workers() = threads - Thread.currentThread()

    private fun serverThreads() = Thread.getAllStackTraces().keys.filter { it.name.startsWith("tandem-server-") }
}
