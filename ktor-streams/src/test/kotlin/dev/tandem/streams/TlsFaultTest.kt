package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.allTasks
import dev.tandem.createTask
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import javax.net.ssl.SSLException
import kotlin.time.Duration.Companion.milliseconds

/** What can happen to a TLS stream after the handshake. */
class TlsFaultTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    @Test
    fun anEndWithoutFarewellIsATruncation() =
        streamTest {
            throughRelay(authority) { connection, relay ->
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                relay.toClient.shutdownOutput()
                val failure = shouldThrow<TruncatedStreamException> { connection.reader.read() }
                failure.message shouldContain "without the farewell of TLS"
                shouldThrow<TruncatedStreamException> { connection.writer.drain() }
            }
        }

    @Test
    fun aDamagedRecordIsAnError() =
        streamTest {
            throughRelay(authority) { connection, relay ->
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                relay.toClient.getOutputStream().write(byteArrayOf(23, 3, 3, 0, 20) + ByteArray(20))
                shouldThrow<SSLException> { connection.reader.read(1) }.message shouldStartWith
                    "The TLS connection to 127.0.0.1:"
            }
        }

    @Test
    fun anOversizedRecordIsAnError() =
        streamTest {
            throughRelay(authority) { connection, relay ->
                connection.writer.write("hello".toByteArray())
                connection.reader.readExactly(5)
                val header = byteArrayOf(23, 3, 3, 0xFF.toByte(), 0xFF.toByte())
                relay.toClient.getOutputStream().write(header + ByteArray(20_000))
                shouldThrow<SSLException> { connection.reader.read(1) }.message shouldContain "too big"
            }
        }

    @Test
    fun aResetIsSeenByTheReader() =
        streamTest {
            throughRelay(authority) { connection, relay ->
                relay.toClient.reset()
                repeat(2) { shouldThrow<ConnectionResetException> { connection.reader.read(1) } }
                shouldThrow<ConnectionResetException> { connection.writer.drain() }
            }
        }

    @Test
    fun recordsThatArriveByteByByteAreReadTheSame() =
        streamTest {
            throughRelay(authority, pieceSize = 1) { connection, _ ->
                connection.writer.write("one byte at a time\n".toByteArray())
                connection.reader.readLine().text() shouldBe "one byte at a time\n"
            }
        }

    @Test
    fun afterAFailureAPeerThatDoesNotReadIsNotWaitedForLongerThanTheLimit() =
        streamTest {
            val options = authority.trustOptions.withShutdownTimeout(50.milliseconds)
            withBouncyServer(authority, "TLSv1.3", options) { (reader, writer), peer ->
                while (writer.writeBufferSize() == 0) writer.write(ByteArray(100_000))
                peer.socket.getOutputStream().write(byteArrayOf(23, 3, 3, 0, 20) + ByteArray(20))
                shouldThrow<SSLException> { reader.read(1) }
                writer.close()
                shouldThrow<SSLException> { writer.waitClosed() }
            }
        }

    @Test
    fun whatAPeerHasNotTakenWithinTheLimitMakesCloseAFailure() =
        streamTest {
            val options = authority.trustOptions.withShutdownTimeout(50.milliseconds)
            withBouncyServer(authority, "TLSv1.3", options) { (_, writer), _ ->
                while (writer.writeBufferSize() == 0) writer.write(ByteArray(100_000))
                writer.close()
                shouldThrow<ConnectionResetException> { writer.waitClosed() }.message shouldContain
                    "bytes within 50ms of close()"
            }
        }

    @Test
    fun aHandlerThatWritesAndDrainsLearnsThatItsClientsWereClosed() =
        streamTest {
            val handled = runningLoop().createFuture<ConnectionResetException>()
            val limited = identity.serverOptions.withShutdownTimeout(50.milliseconds)
            val server =
                startServer(LOOPBACK, 0, limited) { _, writer ->
                    handled.complete(
                        shouldThrow {
                            while (true) {
                                writer.write(ByteArray(16 * 1024))
                                writer.drain()
                            }
                        },
                    )
                }
            openConnection(LOOPBACK, server.port, authority.trustOptions).use { (reader, _) ->
                reader.readExactly(1_000_000)
                server.closeClients()
                reader.read()
                handled.await().message shouldContain "was closed by this side"
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aPeerThatDoesNotReadMakesDrainWait() =
        streamTest {
            val server =
                startServer(LOOPBACK, 0, identity.serverOptions) { _, _ -> runningLoop().createFuture<Unit>().await() }
            val (_, writer) = openConnection(LOOPBACK, server.port, authority.trustOptions)
            val flood =
                createTask {
                    while (true) {
                        writer.write(ByteArray(16 * 1024))
                        writer.drain()
                    }
                }
            passUntil { writer.writeBufferSize() > 64 * 1024 }
            passes(5)
            (writer.writeBufferSize() < 100 * 1024) shouldBe true
            flood.cancel()
            shouldThrow<CancelledException> { flood.await() }
            writer.abort()
            server.close()
            dev.tandem
                .allTasks()
                .filter { it.name.startsWith("connection from") }
                .forEach { it.cancel() }
            server.waitClosed()
        }
}
