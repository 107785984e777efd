package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.nio.channels.Pipe
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import kotlin.concurrent.thread

/** Readiness of pipes and sockets. */
class EventLoopChannelsTest {
    private val events = mutableListOf<String>()
    private val pipe =
        Pipe.open().apply {
            source().configureBlocking(false)
            sink().configureBlocking(false)
        }

    @AfterEach
    fun closePipe() {
        pipe.source().close()
        pipe.sink().close()
    }

    @Test
    fun readerIsCalledInEveryPassInWhichThereIsSomethingToRead() {
        inVirtualTime {
            runningLoop().addReader(pipe.source()) { events += "read ${readByte()}" }
            write(1, 2)
            passes(5)
        }
        events shouldBe listOf("read 1", "read 2")
    }

    @Test
    fun readerIsNotCalledAfterItsRemoval() {
        inVirtualTime {
            val loop = runningLoop()
            loop.addReader(pipe.source()) {
                events += "read ${readByte()}"
                loop.removeReader(pipe.source())
            }
            write(1, 2)
            passes(5)
        }
        events shouldBe listOf("read 1")
    }

    @Test
    fun removalSaysWhetherThereWasACallback() =
        inVirtualTime {
            val loop = runningLoop()
            loop.removeReader(pipe.source()) shouldBe false
            loop.addReader(pipe.source()) {}
            loop.removeReader(pipe.source()) shouldBe true
            loop.removeReader(pipe.source()) shouldBe false
            loop.removeWriter(pipe.sink()) shouldBe false
        }

    @Test
    fun newReaderReplacesTheOldOne() {
        inVirtualTime {
            val loop = runningLoop()
            loop.addReader(pipe.source()) { events += "old" }
            loop.addReader(pipe.source()) {
                events += "new"
                loop.removeReader(pipe.source())
            }
            write(1)
            passes(3)
        }
        events shouldBe listOf("new")
    }

    // CPython cancels the handle of the old reader, so it is skipped in the very pass in which it is ready.
    @Test
    fun replacedReaderIsNotCalledEvenIfItIsReadyAlready() {
        inVirtualTime {
            val loop = runningLoop()
            loop.addReader(pipe.source()) { events += "old" }
            write(1)
            loop.callSoon {
                loop.addReader(pipe.source()) {
                    events += "new"
                    loop.removeReader(pipe.source())
                }
            }
            passes(3)
        }
        events shouldBe listOf("new")
    }

    @Test
    fun readerRunsInTheContextInWhichItWasAdded() {
        val color = ContextVar("color", default = "none")
        inVirtualTime {
            val loop = runningLoop()
            color.set("red")
            loop.addReader(pipe.source()) {
                events += color.get()
                loop.removeReader(pipe.source())
            }
            color.set("blue")
            write(1)
            passes(2)
        }
        events shouldBe listOf("red")
    }

    @Test
    fun writerIsCalledWhileThereIsRoom() {
        inVirtualTime {
            val loop = runningLoop()
            loop.addWriter(pipe.sink()) {
                events += "room"
                if (events.size == 2) loop.removeWriter(pipe.sink())
            }
            passes(5)
        }
        events shouldBe listOf("room", "room")
    }

    @Test
    fun awaitReadableGoesOnInThePassThatNoticesTheData() {
        inVirtualTime {
            val reader =
                createTask {
                    runningLoop().awaitReadable(pipe.source())
                    events += "read ${readByte()}"
                }
            passes(1)
            write(7)
            runningLoop().callSoon {
                events += "ready before"
                runningLoop().callSoon { events += "next pass" }
            }
            reader.await()
        }
        events shouldBe listOf("ready before", "read 7", "next pass")
    }

    @Test
    fun loopWithoutTimersWaitsForItsChannels() =
        inVirtualTime {
            val reader =
                createTask {
                    runningLoop().awaitReadable(pipe.source())
                    readByte()
                }
            toThread { write(7) }
            reader.await() shouldBe 7
        }

    @Test
    fun channelThatNobodyWaitsForDoesNotHideADeadlock() {
        val deadlock =
            outcomeOf {
                inVirtualTime {
                    write(7)
                    runningLoop().awaitReadable(pipe.source())
                    runningLoop().createFuture<Unit>().await()
                }
            }
        deadlock shouldContain "Nothing can ever happen again"
    }

    @Test
    fun cancelledWaitLeavesTheChannelUsable() =
        inVirtualTime {
            val first = createTask { runningLoop().awaitReadable(pipe.source()) }
            passes(1)
            first.cancel()
            passes(1)
            write(7)
            runningLoop().awaitReadable(pipe.source())
            readByte() shouldBe 7
        }

    @Test
    fun secondWaitForTheSameDirectionIsRefused() =
        inVirtualTime {
            val first = createTask { runningLoop().awaitReadable(pipe.source()) }
            passes(1)
            val error = shouldThrow<IllegalStateException> { runningLoop().awaitReadable(pipe.source()) }
            error.message shouldContain "Two waits for the same channel and direction"
            first.cancel()
        }

    @Test
    fun blockingChannelIsRefused() =
        inVirtualTime {
            val blocking = Pipe.open()
            val error = shouldThrow<IllegalArgumentException> { runningLoop().addReader(blocking.source()) {} }
            error.message shouldContain "configureBlocking(false)"
            blocking.source().close()
            blocking.sink().close()
        }

    @Test
    fun channelOfAnotherThreadIsRefused() =
        inVirtualTime {
            val loop = runningLoop()
            toThread { outcomeOf { loop.addReader(pipe.source()) {} } } shouldContain "callSoonThreadsafe { ... }"
        }

    @Test
    fun closedChannelEndsTheWait() =
        inVirtualTime {
            val reader = createTask { runningLoop().awaitReadable(pipe.source()) }
            passes(1)
            pipe.source().close()
            runningLoop().channelClosed(pipe.source())
            shouldThrow<ClosedChannelException> { reader.await() }
        }

    // Each pass looks at all that are ready, and the other thread closes them one by one meanwhile.
    @Test
    fun channelsMayBeClosedByAnotherThreadWhileTheyAreReady() =
        inVirtualTime {
            repeat(20) {
                val pipes = List(100) { Pipe.open().apply { source().configureBlocking(false) } }
                pipes.forEach {
                    it.sink().write(ByteBuffer.wrap(byteArrayOf(1)))
                    runningLoop().addReader(it.source()) {}
                }
                val closing = thread { pipes.forEach { it.source().close() } }
                while (closing.isAlive) passes(1)
                pipes.forEach {
                    runningLoop().channelClosed(it.source())
                    it.sink().close()
                }
            }
        }

    @Test
    fun waitForAChannelThatIsClosedAlreadyFails() =
        inVirtualTime {
            pipe.source().close()
            shouldThrow<ClosedChannelException> { runningLoop().awaitReadable(pipe.source()) }
        }

    @Test
    fun awaitReadableAcceptsAndAwaitWritableConnects() {
        inVirtualTime {
            val loop = runningLoop()
            val server = ServerSocketChannel.open().bind(InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            server.configureBlocking(false)
            val client = SocketChannel.open()
            client.configureBlocking(false)
            val accepting =
                createTask {
                    loop.awaitReadable(server)
                    server.accept()
                }
            client.connect(server.localAddress)
            loop.awaitWritable(client)
            events += "connected ${client.finishConnect()}"
            val accepted = accepting.await()
            accepted.configureBlocking(false)
            accepted.write(ByteBuffer.wrap(byteArrayOf(5)))
            loop.awaitReadable(client)
            events += "read ${client.read(ByteBuffer.allocate(8))} byte"
            listOf(server, client, accepted).forEach {
                it.close()
                loop.channelClosed(it)
            }
        }
        events shouldBe listOf("connected true", "read 1 byte")
    }

    private fun write(vararg bytes: Byte) {
        pipe.sink().write(ByteBuffer.wrap(bytes))
    }

    private fun readByte(): Byte? {
        val buffer = ByteBuffer.allocate(1)
        return if (pipe.source().read(buffer) == 1) buffer.flip().get() else null
    }
}
