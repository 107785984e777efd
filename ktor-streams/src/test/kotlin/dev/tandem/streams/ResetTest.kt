package dev.tandem.streams

import dev.tandem.Future
import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.Socket

/** The peer resets the connection, in each state that a client can be in. */
class ResetTest {
    @Test
    fun whileItWaitsToRead() =
        resetDuring({ (reader, _) -> createTask { reader.read(1) } }) { lost, _, peer ->
            lost.message shouldBe "The connection to 127.0.0.1:$peer was lost: Connection reset"
        }

    @Test
    fun whileItWaitsForTheRestOfALine() =
        streamTest {
            rawPair { (reader, _), peer ->
                peer.send("whole\nhalf")
                val lines = ArrayList<String>()
                val task = createTask { for (line in reader.lines()) lines += line.text() }
                passUntil { reader.toString().contains(" 4 bytes") }
                peer.reset()
                shouldThrow<ConnectionResetException> { task.await() }
                lines shouldBe listOf("whole\n")
            }
        }

    @Test
    fun whileItWaitsForTheEndAfterItsOwn() =
        resetDuring({ (reader, writer) ->
            writer.writeEof()
            createTask { reader.read() }
        }) { _, connection, _ ->
            connection.writer.isClosing() shouldBe true
        }

    @Test
    fun whileItDrains() =
        resetDuring({ (_, writer) ->
            fill(writer)
            createTask { writer.drain() }
        }) { _, connection, _ ->
            connection.writer.writeBufferSize() shouldBe 0
            shouldThrow<ConnectionResetException> { connection.writer.drain() }
        }

    @Test
    fun whileItReadsAndDrains() =
        streamTest {
            rawPair { (reader, writer), peer ->
                fill(writer)
                val drain = createTask { writer.drain() }
                val read = createTask { reader.read(1) }
                passes(3)
                peer.reset()
                shouldThrow<ConnectionResetException> { read.await() }
                shouldThrow<ConnectionResetException> { drain.await() }
            }
        }

    @Test
    fun whileItSendsTheRestAfterClose() =
        resetDuring({ (_, writer) ->
            fill(writer)
            writer.close()
            createTask { writer.waitClosed() }
        }) { _, connection, _ ->
            connection.writer.writeBufferSize() shouldBe 0
        }

    @Test
    fun whileNobodyLooksAndThenItWrites() =
        streamTest {
            rawPair { (_, writer), peer ->
                peer.reset()
                shouldThrow<ConnectionResetException> {
                    while (true) {
                        writer.write(ByteArray(1000))
                        writer.drain()
                    }
                }
                writer.write(ByteArray(1000))
                writer.writeBufferSize() shouldBe 0
            }
        }

    @Test
    fun duringTheHandshake() =
        streamTest {
            rawServer().use { server ->
                val task = createTask { openConnection(LOOPBACK, server.localPort, TlsOptions()) }
                val peer = createTask { toThread { server.accept().also { it.getInputStream().read() } } }.await()
                peer.reset()
                shouldThrow<IOException> { task.await() }
            }
        }

    private fun resetDuring(
        wait: suspend (Connection) -> Future<*>,
        check: suspend (ConnectionResetException, Connection, Int) -> Unit,
    ) = streamTest {
        rawPair { connection, peer: Socket ->
            val port = peer.localPort
            val waiting = wait(connection)
            passes(3)
            waiting.done() shouldBe false
            peer.reset()
            val lost = shouldThrow<ConnectionResetException> { waiting.await() }
            lost.message shouldStartWith "The connection to 127.0.0.1:$port was lost: "
            connection.reader.atEof() shouldBe false
            check(lost, connection, port)
        }
    }

    /** Writes until more than the high water mark is queued. */
    private fun fill(writer: StreamWriter) {
        while (writer.writeBufferSize() < 100_000) writer.write(ByteArray(64 * 1024))
    }
}
