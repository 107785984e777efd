package dev.tandem.streams

import dev.tandem.EventLoop
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress
import java.util.concurrent.ConcurrentHashMap

/** Callbacks of other libraries run on their threads: what they do to a stream there is refused, not half done. */
class WrongThreadTest {
    private val anyPort = InetSocketAddress(LOOPBACK, 0)

    @Test
    fun anotherThreadCannotUseAStream() =
        streamTest {
            rawPair { (_, writer), peer ->
                refused("write") { writer.write(ByteArray(1)) }
                refused("writeLines") { writer.writeLines(listOf(ByteArray(1))) }
                refused("writeEof") { writer.writeEof() }
                refused("close") { writer.close() }
                refused("abort") { writer.abort() }
                writer.write("all that was sent".toByteArray())
                writer.close()
                peer.receiveAll() shouldBe "all that was sent"
            }
        }

    @Test
    fun whatItHandsToTheLoopIsDone() =
        streamTest {
            rawPair { (_, writer), peer ->
                val loop = runningLoop()
                toThread {
                    loop.callSoonThreadsafe {
                        writer.write("handed over".toByteArray())
                        writer.close()
                    }
                }
                peer.receiveAll() shouldBe "handed over"
            }
        }

    @Test
    fun anotherThreadCannotUseATransport() =
        streamTest {
            rawServer().use { server ->
                val events = ArrayList<String>()
                val (transport, protocol) = createConnection({ Recorder(events) }, LOOPBACK, server.localPort)
                refused("write") { transport.write(ByteArray(1)) }
                refused("pauseReading") { transport.pauseReading() }
                refused("resumeReading") { transport.resumeReading() }
                refused("close") { transport.close() }
                refused("abort") { transport.abort() }
                transport.close()
                protocol.lost.await()
            }
        }

    @Test
    fun anotherThreadCannotUseAUdpSocket() =
        streamTest {
            val protocol =
                object : DatagramProtocol {
                    override fun datagramReceived(
                        data: ByteArray,
                        address: InetSocketAddress,
                    ) = Unit
                }
            val (transport, _) = createDatagramEndpoint({ protocol }, anyPort)
            refused("send") { transport.sendTo(ByteArray(1), transport.localAddress) }
            refused("close") { transport.close() }
            refused("abort") { transport.abort() }
            transport.close()
            openDatagramEndpoint(anyPort).use { endpoint -> refused("close") { endpoint.close() } }
        }

    @Test
    fun aConnectionOfAnotherLoopCannotBeWrittenToFromHere() =
        streamTest {
            val writers = ConcurrentHashMap<EventLoop, StreamWriter>()
            val server =
                startServer(LOOPBACK, 0, loops = 2) { reader, writer ->
                    writers[runningLoop()] = writer
                    reader.read()
                }
            val clients = List(2) { openConnection(LOOPBACK, server.port) }
            passUntil { writers.size == 2 }
            val elsewhere = (writers - runningLoop()).values.single()
            val failure = shouldThrow<IllegalStateException> { elsewhere.write(ByteArray(1)) }
            failure.message shouldContain "write() on thread"
            clients.forEach { it.close() }
            server.close()
            server.waitClosed()
            passUntil { LoopStreams.of(runningLoop()).openCount == 0 } // the other loop has ended
        }

    private suspend fun refused(
        call: String,
        action: () -> Unit,
    ) {
        val failure = toThread { shouldThrow<IllegalStateException> { action() } }
        failure.message shouldContain "$call() on thread"
        failure.message shouldContain "From another thread, call it in loop.callSoonThreadsafe."
    }
}
