package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Socket
import java.net.SocketTimeoutException
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** What is called when; the lists are those that the same programs print under CPython 3.13. */
class TransportTest {
    private val events = ArrayList<String>()

    @Test
    fun connectionMadeComesBeforeTheCallGoesOnAndTheEndIsToldOnce() =
        streamTest {
            connected { _, protocol, peer ->
                events += "connected"
                peer.send("x")
                peer.close()
                protocol.lost.await()
            }
            events shouldBe
                listOf("connectionMade", "connected", "dataReceived x", "eofReceived", "connectionLost null")
        }

    @Test
    fun connectionLostComesInThePassAfterClose() =
        streamTest {
            connected { transport, protocol, peer ->
                events.clear()
                transport.write("bye".toByteArray())
                transport.close()
                transport.close()
                events += "closed ${transport.isClosing()} ${transport.isReading()}"
                runningLoop().callSoon { events += "next" }
                protocol.lost.await()
                peer.receiveAll() shouldBe "bye"
            }
            events shouldBe listOf("closed true false", "connectionLost null", "next")
        }

    @Test
    fun abortIsNoFailure() =
        streamTest {
            connected { transport, protocol, _ ->
                events.clear()
                transport.abort()
                events += "aborted"
                protocol.lost.await()
            }
            events shouldBe listOf("aborted", "connectionLost null")
        }

    @Test
    fun eofReceivedMayKeepTheConnectionOpenToWrite() =
        streamTest {
            connected(Recorder(events, keepsOpen = true)) { transport, protocol, peer ->
                events.clear()
                peer.shutdownOutput()
                passUntil { events.isNotEmpty() }
                passes(3)
                transport.isClosing() shouldBe false
                transport.write("late".toByteArray())
                transport.close()
                protocol.lost.await()
                peer.receiveAll() shouldBe "late"
            }
            events shouldBe listOf("eofReceived", "connectionLost null")
        }

    @Test
    fun anExceptionOfDataReceivedEndsTheConnection() =
        streamTest {
            val failing = recorder { throw IllegalStateException("boom") }
            recordFailures()
            connected(failing) { _, protocol, peer ->
                events.clear()
                peer.send("x")
                protocol.lost.await()
            }
            events shouldBe
                listOf(
                    "dataReceived x",
                    "handler: Fatal error: dataReceived() of recorder failed: boom",
                    "connectionLost java.lang.IllegalStateException: boom",
                )
        }

    @Test
    fun anIoExceptionOfDataReceivedIsToldToTheProtocolOnly() =
        streamTest {
            val failing = recorder { throw IOException("not this format") }
            connected(failing) { _, protocol, peer ->
                events.clear()
                peer.send("x")
                protocol.lost.await()
            }
            events shouldBe listOf("dataReceived x", "connectionLost java.io.IOException: not this format")
        }

    @Test
    fun anExceptionOfEofReceivedReachesTheProtocolThatWasSetLast() =
        streamTest {
            recordFailures()
            connected { transport, _, peer ->
                events.clear()
                val second =
                    object : Recorder(events) {
                        override fun eofReceived(): Boolean =
                            throw IllegalStateException("eof").also { events += "eof" }
                    }
                transport.protocol = second
                transport.protocol shouldBe second
                peer.close()
                second.lost.await()
            }
            events shouldBe
                listOf(
                    "eof",
                    "handler: Fatal error: eofReceived() of recorder failed: eof",
                    "connectionLost java.lang.IllegalStateException: eof",
                )
        }

    @Test
    fun anExceptionOfConnectionMadeDoesNotEndTheConnection() =
        streamTest {
            recordFailures()
            val failing =
                object : Recorder(events) {
                    override fun connectionMade(transport: Transport) {
                        super.connectionMade(transport)
                        throw IllegalStateException("made")
                    }
                }
            connected(failing) { _, protocol, peer ->
                peer.send("x")
                peer.close()
                protocol.lost.await()
            }
            events.filterNot { it.startsWith("handler") } shouldBe
                listOf("connectionMade", "dataReceived x", "eofReceived", "connectionLost null")
            events.count { it.startsWith("handler") } shouldBe 1
        }

    @Test
    fun whoClosesInConnectionMadeIsToldBeforeTheCallGoesOn() =
        streamTest {
            val closing =
                object : Recorder(events) {
                    override fun connectionMade(transport: Transport) {
                        super.connectionMade(transport)
                        transport.close()
                    }
                }
            connected(closing) { _, protocol, _ ->
                events += "connected"
                protocol.lost.await()
            }
            events shouldBe listOf("connectionMade", "connectionLost null", "connected")
        }

    @Test
    fun aResetIsAConnectionResetException() =
        streamTest {
            connected { _, protocol, peer ->
                peer.reset()
                protocol.lost.await()
                protocol.end!!.javaClass shouldBe ConnectionResetException::class.java
            }
        }

    @Test
    fun writingPausesAndResumesAtTheWaterMarks() =
        streamTest {
            connected { transport, protocol, peer ->
                events.clear()
                transport.setWriteBufferLimits(100, 10)
                transport.write(ByteArray(MANY))
                events += "written ${transport.writeBufferSize() > 100}"
                val received = createTask { peer.receive(MANY).length }
                received.await() shouldBe MANY
                passUntil { events.size == 3 }
                transport.close()
                protocol.lost.await()
            }
            events shouldBe listOf("pauseWriting", "written true", "resumeWriting", "connectionLost null")
        }

    @Test
    fun anExceptionOfPauseWritingIsReportedAndNothingElse() =
        streamTest {
            recordFailures()
            val failing =
                object : Recorder(events) {
                    override fun pauseWriting() = throw IllegalStateException("pause")

                    override fun resumeWriting() = throw IllegalStateException("resume")
                }
            connected(failing) { transport, protocol, peer ->
                events.clear()
                transport.setWriteBufferLimits(0)
                transport.write(ByteArray(MANY))
                peer.receive(MANY).length shouldBe MANY
                passUntil { events.size == 2 }
                transport.close()
                protocol.lost.await()
            }
            events shouldBe
                listOf(
                    "handler: pauseWriting() of recorder failed: pause",
                    "handler: resumeWriting() of recorder failed: resume",
                    "connectionLost null",
                )
        }

    @Test
    fun closeSendsWhatWaitsFirst() =
        streamTest {
            connected { transport, protocol, peer ->
                transport.write(ByteArray(MANY))
                transport.close()
                events += "closed"
                peer.receive(MANY).length shouldBe MANY
                protocol.lost.await()
            }
            events.takeLast(2) shouldBe listOf("resumeWriting", "connectionLost null")
        }

    @Test
    fun nothingIsReadWhileReadingIsPaused() =
        streamTest {
            connected { transport, protocol, peer ->
                events.clear()
                transport.pauseReading()
                transport.pauseReading()
                peer.send("held")
                passes(20)
                events += "resumed ${transport.isReading()}"
                transport.resumeReading()
                transport.resumeReading()
                peer.close()
                protocol.lost.await()
            }
            events shouldBe listOf("resumed false", "dataReceived held", "eofReceived", "connectionLost null")
        }

    @Test
    fun aBufferedProtocolSaysWhereToPutWhatArrives() =
        streamTest {
            connected { transport, _, peer ->
                events.clear()
                val buffered = BufferedRecorder(events, ByteBuffer.allocate(4))
                transport.protocol = buffered
                peer.send("abcdef")
                peer.close()
                buffered.lost.await()
            }
            events shouldBe
                listOf(
                    "getBuffer -1",
                    "bufferUpdated 4 abcd",
                    "getBuffer -1",
                    "bufferUpdated 2 ef",
                    "getBuffer -1",
                    "eofReceived",
                    "connectionLost null",
                )
        }

    @Test
    fun aBufferWithoutRoomEndsTheConnection() =
        streamTest {
            recordFailures()
            connected { transport, _, peer ->
                val buffered = BufferedRecorder(events, ByteBuffer.allocate(0))
                transport.protocol = buffered
                peer.send("abcdef")
                buffered.lost.await()
            }
            events.takeLast(2).first() shouldContain "getBuffer() of buffered recorder failed"
            events.last() shouldBe
                "connectionLost java.lang.IllegalStateException: getBuffer() returned a buffer without room."
        }

    @Test
    fun writeEofAnnouncesTheEndAndReadingGoesOn() =
        streamTest {
            connected { transport, protocol, peer ->
                events.clear()
                transport.canWriteEof() shouldBe true
                transport.writeLines(listOf("x".toByteArray(), ByteArray(0), "y".toByteArray()))
                transport.writeEof()
                transport.writeEof()
                shouldThrow<IllegalStateException> { transport.write("z".toByteArray()) }
                peer.receiveAll() shouldBe "xy"
                peer.send("still here")
                peer.close()
                protocol.lost.await()
            }
            events shouldBe listOf("dataReceived still here", "eofReceived", "connectionLost null")
        }

    @Test
    fun addressesAreThoseOfTheSocket() =
        streamTest {
            connected { transport, protocol, peer ->
                (transport.remoteAddress as InetSocketAddress).port shouldBe peer.localPort
                (transport.localAddress as InetSocketAddress).port shouldBe peer.port
                transport.toString() shouldContain "127.0.0.1:${peer.localPort}, open"
                transport.close()
                protocol.lost.await()
            }
        }

    @Test
    fun optionsAreThoseOfTheSocket() =
        streamTest {
            connected { transport, protocol, _ ->
                transport.getOption(StandardSocketOptions.TCP_NODELAY) shouldBe true
                transport.setOption(StandardSocketOptions.TCP_NODELAY, false)
                transport.getOption(StandardSocketOptions.TCP_NODELAY) shouldBe false
                transport.abort()
                protocol.lost.await()
            }
        }

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

    private fun recordFailures() {
        runningLoop().exceptionHandler =
            ExceptionHandler { _, context ->
                events += "handler: ${context.message.substringBefore(", on ")}: ${context.exception?.message}"
            }
    }

    private fun recorder(onData: () -> Nothing) =
        object : Recorder(events) {
            override fun dataReceived(data: ByteArray) {
                super.dataReceived(data)
                onData()
            }
        }

    private suspend fun connected(
        protocol: Recorder = Recorder(events),
        body: suspend (Transport, Recorder, Socket) -> Unit,
    ) {
        rawServer().use { server ->
            val (transport, _) = createConnection({ protocol }, LOOPBACK, server.localPort)
            server.accept().use { peer -> body(transport, protocol, peer) }
        }
    }

    private companion object {
        /** More than the system's buffers hold. */
        const val MANY = 12 * 1024 * 1024
    }
}

/** Writes down what is called. */
internal open class Recorder(
    private val events: MutableList<String>,
    private val keepsOpen: Boolean = false,
) : Protocol {
    val lost = runningLoop().createFuture<Unit>()
    var end: Throwable? = null
    lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
        events += "connectionMade"
    }

    override fun dataReceived(data: ByteArray) {
        events += "dataReceived ${data.text()}"
    }

    override fun eofReceived(): Boolean {
        events += "eofReceived"
        return keepsOpen
    }

    override fun connectionLost(exception: Throwable?) {
        events += "connectionLost $exception"
        end = exception
        lost.complete(Unit)
    }

    override fun pauseWriting() {
        events += "pauseWriting"
    }

    override fun resumeWriting() {
        events += "resumeWriting"
    }

    override fun toString() = "recorder"
}

internal class BufferedRecorder(
    private val events: MutableList<String>,
    private val buffer: ByteBuffer,
) : BufferedProtocol {
    val lost = runningLoop().createFuture<Unit>()

    override fun getBuffer(sizeHint: Int): ByteBuffer {
        events += "getBuffer $sizeHint"
        return buffer.clear()
    }

    override fun bufferUpdated(count: Int) {
        events += "bufferUpdated $count ${String(buffer.array(), 0, buffer.position())}"
    }

    override fun eofReceived(): Boolean {
        events += "eofReceived"
        return false
    }

    override fun connectionLost(exception: Throwable?) {
        events += "connectionLost $exception"
        lost.complete(Unit)
    }

    override fun toString() = "buffered recorder"
}
