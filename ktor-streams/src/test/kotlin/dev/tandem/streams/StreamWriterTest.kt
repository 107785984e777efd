package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.comparables.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import java.net.StandardSocketOptions
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException

class StreamWriterTest {
    @Test
    fun whatTheSystemTakesIsSentAtOnce() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.write("hello".toByteArray())
                writer.writeBufferSize() shouldBe 0
                peer.receive(5) shouldBe "hello"
            }
        }

    @Test
    fun aPartOfAnArrayAndABufferCanBeWritten() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.write("xhellox".toByteArray(), 1, 5)
                val heap = ByteBuffer.wrap(" from".toByteArray())
                val direct = ByteBuffer.allocateDirect(6).put(" here!".toByteArray()).flip()
                writer.write(heap)
                writer.write(direct)
                heap.hasRemaining() || direct.hasRemaining() shouldBe false
                peer.receive(16) shouldBe "hello from here!"
            }
        }

    @Test
    fun linesAreWrittenOneAfterTheOtherAsTheyAre() =
        streamTest {
            rawPair { (_, writer), peer ->
                val long = "x".repeat(40_000)
                val lines = listOf("one\n", "two\n", long, "", "three") + List(2000) { "$it of 2000\n" }
                val received = createTask { peer.receive(lines.sumOf { it.length }) }
                writer.writeLines(lines.map { it.toByteArray() })
                received.await() shouldBe lines.joinToString("")
                writer.writeLines(emptyList())
            }
        }

    @Test
    fun socketOptionsCanBeReadAndSet() =
        streamTest {
            rawPair { (_, writer), _ ->
                writer.getOption(StandardSocketOptions.TCP_NODELAY) shouldBe true
                writer.setOption(StandardSocketOptions.SO_KEEPALIVE, true)
                writer.getOption(StandardSocketOptions.SO_KEEPALIVE) shouldBe true
                shouldThrow<UnsupportedOperationException> { writer.getOption(StandardSocketOptions.IP_MULTICAST_LOOP) }
                writer.close()
                shouldThrow<ClosedChannelException> { writer.getOption(StandardSocketOptions.SO_KEEPALIVE) }
            }
        }

    @Test
    fun aLongQueueLeavesTurnsToOtherTasks() =
        streamTest {
            rawPair { (_, writer), peer ->
                val size = 32 * MEBIBYTE
                writer.write(ByteArray(size))
                var queued = writer.writeBufferSize()
                val received = createTask { peer.receive(size) }
                var mostInAPass = 0
                while (queued > 0) {
                    passes(1)
                    mostInAPass = maxOf(mostInAPass, queued - writer.writeBufferSize())
                    queued = writer.writeBufferSize()
                }
                received.await().length shouldBe size
                mostInAPass shouldBeLessThan MEBIBYTE + 64 * 1024
            }
        }

    @Test
    fun aPeerThatDoesNotReadMakesDrainWait() =
        streamTest {
            rawPair { (_, writer), peer ->
                val block = ByteArray(16 * 1024)
                var written = 0
                val flood =
                    createTask {
                        while (true) {
                            writer.write(block)
                            writer.drain()
                            written += block.size
                        }
                    }
                passUntil { writer.writeBufferSize() > 64 * 1024 }
                val stoppedAt = written
                passes(10)
                written shouldBe stoppedAt
                writer.writeBufferSize() shouldBeLessThan 64 * 1024 + block.size + 1
                createTask { peer.receive(stoppedAt) }.await()
                passUntil { written > stoppedAt }
                flood.cancel()
                shouldThrow<CancelledException> { flood.await() }
                writer.abort()
            }
        }

    @Test
    fun drainReturnsAtTheLowMark() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.setWriteBufferLimits(high = 1000, low = 500)
                val total = fillUntilQueued(writer)
                val drained = createTask { writer.drain() }
                passes(2)
                drained.done() shouldBe false
                val received = createTask { peer.receive(total) }
                drained.await()
                writer.writeBufferSize() shouldBeLessThan 501
                received.await().length shouldBe total
            }
        }

    @Test
    fun aCancelledDrainLosesNothing() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.setWriteBufferLimits(high = 0)
                val total = fillUntilQueued(writer)
                val drain = createTask { writer.drain() }
                passes(2)
                drain.cancel()
                shouldThrow<CancelledException> { drain.await() }
                writer.close()
                peer.receiveAll().length shouldBe total
                writer.waitClosed()
            }
        }

    @Test
    fun severalTasksMayDrain() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.setWriteBufferLimits(high = 0)
                val total = fillUntilQueued(writer)
                val drains = List(3) { createTask { writer.drain() } }
                passes(2)
                createTask { peer.receive(total) }.await()
                drains.forEach { it.await() }
            }
        }

    @Test
    fun writingAndDrainingInATightLoopSeesTheReset() =
        streamTest {
            rawPair { (_, writer), peer ->
                peer.reset()
                val failure =
                    shouldThrow<ConnectionResetException> {
                        while (true) {
                            writer.write("foo\n".toByteArray())
                            writer.drain()
                        }
                    }
                failure.message shouldStartWith "The connection to 127.0.0.1:${peer.localPort} was lost: "
            }
        }

    @Test
    fun aDrainThatWaitsSeesTheReset() =
        streamTest {
            rawPair { (_, writer), peer ->
                fillUntilQueued(writer)
                writer.setWriteBufferLimits(high = 0)
                val drain = createTask { writer.drain() }
                passes(2)
                peer.reset()
                shouldThrow<ConnectionResetException> { drain.await() }
                writer.isClosing() shouldBe true
                shouldThrow<ConnectionResetException> { writer.waitClosed() }
            }
        }

    @Test
    fun whatIsWrittenAfterTheLossIsDropped() =
        streamTest {
            rawPair { (reader, writer), peer ->
                peer.reset()
                shouldThrow<ConnectionResetException> { reader.read(1) }
                writer.write(ByteArray(100_000))
                writer.writeBufferSize() shouldBe 0
                shouldThrow<ConnectionResetException> { writer.drain() }
            }
        }

    @Test
    fun closeSendsWhatIsQueuedFirst() =
        streamTest {
            rawPair { (_, writer), peer ->
                val total = fillUntilQueued(writer)
                writer.close()
                writer.isClosing() shouldBe true
                writer.write("too late".toByteArray())
                peer.receiveAll().length shouldBe total
                writer.waitClosed()
            }
        }

    @Test
    fun abortClosesAtOnceWhateverIsQueued() =
        streamTest {
            rawPair { (_, writer), _ ->
                fillUntilQueued(writer)
                writer.abort()
                writer.writeBufferSize() shouldBe 0
                writer.waitClosed()
            }
        }

    @Test
    fun writeEofLetsThePeerAnswer() =
        streamTest {
            rawPair { (reader, writer), peer ->
                writer.canWriteEof() shouldBe true
                writer.write("question".toByteArray())
                writer.writeEof()
                peer.receiveAll() shouldBe "question"
                peer.send("answer")
                peer.shutdownOutput()
                reader.read().text() shouldBe "answer"
            }
        }

    @Test
    fun writeEofComesAfterWhatIsQueued() =
        streamTest {
            rawPair { (_, writer), peer ->
                val total = fillUntilQueued(writer)
                writer.writeEof()
                shouldThrow<IllegalStateException> { writer.write("more".toByteArray()) }
                peer.receiveAll().length shouldBe total
            }
        }

    @Test
    fun closingEndsAReadThatWaits() =
        streamTest {
            rawPair { (reader, writer), _ ->
                val read = createTask { reader.read(10).size }
                passes(2)
                writer.close()
                read.await() shouldBe 0
                reader.atEof() shouldBe true
                writer.waitClosed()
            }
        }

    @Test
    fun drainAfterCloseTellsThatTheStreamIsClosed() =
        streamTest {
            rawPair { (_, writer), peer ->
                writer.close()
                shouldThrow<ConnectionResetException> { writer.drain() }.message shouldBe
                    "The connection to 127.0.0.1:${peer.localPort} was closed by this side"
            }
        }

    @Test
    fun drainAfterCloseTellsItWhileTheRestIsSent() =
        streamTest {
            rawPair { (_, writer), peer ->
                val total = fillUntilQueued(writer)
                writer.setWriteBufferLimits(high = 1_000_000_000)
                writer.close()
                shouldThrow<ConnectionResetException> { writer.drain() }
                peer.receiveAll().length shouldBe total
                writer.waitClosed()
            }
        }

    @Test
    fun waitClosedCancelledLeavesTheClosingAlone() =
        streamTest {
            rawPair { (_, writer), peer ->
                val total = fillUntilQueued(writer)
                writer.close()
                val wait = createTask { writer.waitClosed() }
                passes(2)
                wait.cancel()
                shouldThrow<CancelledException> { wait.await() }
                peer.receiveAll().length shouldBe total
                writer.waitClosed()
            }
        }

    @Test
    fun waterMarksMustBeInOrder() =
        streamTest {
            rawPair { (_, writer), _ ->
                shouldThrow<IllegalArgumentException> { writer.setWriteBufferLimits(high = 10, low = 11) }
                shouldThrow<IllegalArgumentException> { writer.setWriteBufferLimits(high = 10, low = -1) }
            }
        }

    /** Writes until the system takes no more, and returns how much that was. */
    private fun fillUntilQueued(writer: StreamWriter): Int {
        val block = ByteArray(64 * 1024)
        var total = 0
        while (writer.writeBufferSize() < 100_000) {
            writer.write(block)
            total += block.size
        }
        return total
    }

    private companion object {
        const val MEBIBYTE = 1024 * 1024
    }
}
