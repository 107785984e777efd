package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.net.InetSocketAddress
import java.net.SocketTimeoutException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** How a protocol gets its connection, and what is left when it gets none. */
class CreateConnectionTest {
    private val events = ArrayList<String>()

    @Test
    fun aUnixSocketIsAConnectionAsWell(
        @TempDir directory: Path,
    ) = streamTest {
        val path = directory.resolve("s")
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { server ->
            server.bind(UnixDomainSocketAddress.of(path))
            val (transport, protocol) = createUnixConnection({ Recorder(events) }, path)
            server.accept().use { peer -> peer.write(ByteBuffer.wrap("over a file".toByteArray())) }
            protocol.lost.await()
            transport.isClosing() shouldBe true
        }
        events shouldBe listOf("connectionMade", "dataReceived over a file", "eofReceived", "connectionLost null")
    }

    @Test
    fun theConnectionComesFromTheLocalAddress() =
        streamTest {
            rawServer().use { server ->
                val local = InetSocketAddress("127.0.0.9", 0)
                val (transport, protocol) =
                    createConnection(
                        { Recorder(events) },
                        LOOPBACK,
                        server.localPort,
                        localAddress = local,
                        connectTimeout = 20.minutes,
                        happyEyeballsDelay = null,
                    )
                server.accept().use { it.inetAddress shouldBe local.address }
                (transport.localAddress as InetSocketAddress).address shouldBe local.address
                protocol.lost.await()
            }
        }

    @Test
    fun theConnectTimeoutEndsTheCallWithoutAProtocol() =
        streamTest {
            val answer = CountDownLatch(1)
            LoopStreams.of(runningLoop()).lookUp = { answer.await().let { emptyList() } }
            shouldThrow<SocketTimeoutException> {
                createConnection({ Recorder(events) }, "slow.example", 1, connectTimeout = 50.milliseconds)
            }
            answer.countDown()
            events.shouldBeEmpty()
        }

    @Test
    fun timesMustMakeSense() =
        streamTest {
            val factory = { Recorder(events) }
            shouldThrow<IllegalArgumentException> {
                createConnection(factory, LOOPBACK, 1, connectTimeout = Duration.ZERO)
            }
            shouldThrow<IllegalArgumentException> {
                createConnection(factory, LOOPBACK, 1, happyEyeballsDelay = -1.milliseconds)
            }
            shouldThrow<IllegalArgumentException> {
                createUnixConnection(factory, Path.of("none"), connectTimeout = Duration.ZERO)
            }
            events.shouldBeEmpty()
        }

    @Test
    fun aFactoryThatFailsLeavesNoSocket() =
        streamTest {
            rawServer().use { server ->
                shouldThrow<IllegalArgumentException> {
                    createConnection<Protocol>({ throw IllegalArgumentException("no") }, LOOPBACK, server.localPort)
                }
            }
        }

    @Test
    fun aCancelledCallLeavesNoSocket() =
        streamTest {
            rawServer().use { server ->
                val connecting = createTask { createConnection({ Recorder(events) }, LOOPBACK, server.localPort) }
                passUntil { "connectionMade" in events || connecting.done() }
                if (connecting.cancel()) shouldThrow<CancelledException> { connecting.await() }
                if (!connecting.cancelled()) connecting.await().transport.abort()
                passUntil { "connectionLost null" in events }
            }
        }
}
