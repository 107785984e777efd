package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.TimeoutException
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.timeout
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.Socket
import java.nio.ByteBuffer
import kotlin.time.Duration.Companion.milliseconds

/** Peers that do what no honest one does: send in drops, never read, never answer. */
class HostilePeerTest {
    @Test
    fun oneByteAtATimeReadsLikeAnyOther() =
        streamTest {
            rawPair { (reader, _), peer ->
                val dripping = createTask { peer.drip("a line\nexactly;until\r\nthe rest") }
                reader.readLine().text() shouldBe "a line\n"
                reader.readExactly(7).text() shouldBe "exactly"
                reader.readUntil(";".toByteArray()).text() shouldBe ";"
                reader.readUntil("\r\n".toByteArray(), "!".toByteArray()).text() shouldBe "until\r\n"
                dripping.await()
                peer.shutdownOutput()
                reader.read().text() shouldBe "the rest"
            }
        }

    @Test
    fun oneByteAtATimeIsEnoughForATlsHandshake() =
        streamTest {
            val authority = Identity.authority()
            val server =
                startServer(
                    LOOPBACK,
                    0,
                    authority.issue().serverOptions,
                ) { _, writer -> writer.write("hi".toByteArray()) }
            rawServer().use { middle ->
                val client = createTask { openConnection(LOOPBACK, middle.localPort, authority.trustOptions) }
                val accepted = createTask { toThread { middle.accept() } }.await()
                rawClient(server.port).use { onwards ->
                    val both =
                        listOf(createTask { trickle(accepted, onwards) }, createTask { trickle(onwards, accepted) })
                    client.await().use { (reader, _) -> reader.read().text() shouldBe "hi" }
                    accepted.close()
                    onwards.close()
                    both.forEach { it.await() }
                }
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aPeerThatNeverReadsKeepsNoMoreThanTheHighMarkAndOneWrite() =
        streamTest {
            rawPair { (_, writer), _ ->
                var most = 0
                val flood =
                    createTask {
                        val direct = ByteBuffer.allocateDirect(5_000)
                        while (true) {
                            writer.write(ByteArray(20_000))
                            writer.write(direct.clear())
                            most = maxOf(most, writer.writeBufferSize())
                            writer.drain()
                        }
                    }
                passUntil { writer.writeBufferSize() > 64 * 1024 }
                passes(50)
                most shouldBeLessThanOrEqual 64 * 1024 + 25_000
                flood.cancel()
                shouldThrow<CancelledException> { flood.await() }
                writer.abort()
            }
        }

    @Test
    fun aPeerThatNeverReadsKeepsNoMoreOverTls() =
        streamTest {
            val authority = Identity.authority()
            val over = runningLoop().createFuture<Unit>()
            val server = startServer(LOOPBACK, 0, authority.issue().serverOptions) { _, _ -> over.await() }
            openConnection(LOOPBACK, server.port, authority.trustOptions).use { (_, writer) ->
                val flood =
                    createTask {
                        while (true) {
                            writer.write(ByteArray(20_000))
                            writer.drain()
                        }
                    }
                passUntil { writer.writeBufferSize() > 64 * 1024 }
                passes(50)
                // Records are a little larger than what is in them.
                writer.writeBufferSize() shouldBeLessThan 64 * 1024 + 21_000
                flood.cancel()
                shouldThrow<CancelledException> { flood.await() }
                writer.abort()
            }
            over.complete(Unit)
            server.close()
            server.waitClosed()
        }

    @Test
    fun aPeerThatNeverAnswersIsGivenUp() =
        streamTest {
            rawPair { (reader, writer), peer ->
                writer.write("anybody there?\n".toByteArray())
                shouldThrow<TimeoutException> { timeout(50.milliseconds) { reader.readLine() } }
                // The connection is as good as before.
                peer.send("late\n")
                reader.readLine().text() shouldBe "late\n"
            }
        }

    @Test
    fun aPeerThatHasEndedItsHalfIsStillSentTo() =
        streamTest {
            rawPair { (reader, writer), peer ->
                peer.shutdownOutput()
                reader.read(1).size shouldBe 0
                reader.atEof() shouldBe true
                writer.write("for you".toByteArray())
                peer.receive(7) shouldBe "for you"
                writer.close()
                peer.receiveAll() shouldBe ""
            }
        }

    @Test
    fun slowlorisRunsIntoTheTimeLimit() =
        streamTest {
            rawPair { (reader, writer), peer ->
                val dripping = createTask { peer.dripUntilClosed() }
                shouldThrow<TimeoutException> { timeout(200.milliseconds) { reader.readLine() } }
                writer.abort()
                dripping.await()
            }
        }

    @Test
    fun slowlorisRunsIntoTheLimitOfALine() =
        streamTest {
            rawPair(limit = 100) { (reader, writer), peer ->
                val dripping = createTask { peer.dripUntilClosed() }
                shouldThrow<LimitOverrunException> { reader.readUntil("\r\n".toByteArray()) }.consumed shouldBeLessThan
                    120
                writer.abort()
                dripping.await()
            }
        }

    /** Sends each byte as a packet of its own, as far as the system lets it. */
    private suspend fun Socket.drip(text: String) {
        tcpNoDelay = true
        text.toByteArray().forEach { byte ->
            getOutputStream().write(byte.toInt())
            sleep(1.milliseconds)
        }
    }

    private suspend fun Socket.dripUntilClosed() {
        tcpNoDelay = true
        try {
            while (true) {
                getOutputStream().write('x'.code)
                sleep(1.milliseconds)
            }
        } catch (_: IOException) {
            // It was given up.
        }
    }

    /** Passes on what comes from [source], one byte at a time. */
    private suspend fun trickle(
        source: Socket,
        target: Socket,
    ) = toThread {
        target.tcpNoDelay = true
        try {
            while (true) {
                val byte = source.getInputStream().read()
                if (byte < 0) break
                target.getOutputStream().write(byte)
            }
            target.shutdownOutput()
        } catch (_: IOException) {
            // One of them was closed.
        }
    }
}
