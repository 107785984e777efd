package dev.tandem.streams

import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetSocketAddress
import java.net.Socket
import java.net.StandardSocketOptions
import java.nio.ByteBuffer

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
    fun whatPauseWritingDoesComesAfterTheWholeWrite() =
        streamTest {
            val closing =
                object : Recorder(events) {
                    override fun pauseWriting() {
                        super.pauseWriting()
                        transport.write("slow down".toByteArray())
                        transport.close()
                    }
                }
            connected(closing) { transport, protocol, peer ->
                events.clear()
                transport.setWriteBufferLimits(0)
                transport.writeLines(List(100) { ByteArray(MANY / 100) } + "end ".toByteArray())
                peer.receiveAll().takeLast(13) shouldBe "end slow down"
                protocol.lost.await()
            }
            events shouldBe listOf("pauseWriting", "resumeWriting", "connectionLost null")
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
