package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import java.net.InetSocketAddress
import java.net.SocketException
import java.net.StandardSocketOptions.SO_LINGER
import java.net.StandardSocketOptions.SO_RCVBUF
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.readLines

/** Reading into a buffer of the caller's. */
class ReadIntoTest {
    @Test
    fun readIntoFillsTheGivenBuffer() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("hello world", "!"))
            source.end()
            val target = ByteArray(8)
            reader.readInto(target, offset = 1, length = 5) shouldBe 5
            target.text() shouldBe "\u0000hello\u0000\u0000"
            reader.readInto(ByteBuffer.wrap(target)) shouldBe 6
            reader.readInto(target) shouldBe 1
            reader.readInto(target) shouldBe -1
            reader.readInto(ByteArray(0)) shouldBe 0
        }

    @Test
    fun readIntoAReadOnlyBufferIsRefusedAndLosesNothing() =
        streamTest {
            val (reader, _) = reader(64, "abc")
            shouldThrow<IllegalArgumentException> { reader.readInto(ByteBuffer.allocate(10).asReadOnlyBuffer()) }
            reader.readExactly(3).text() shouldBe "abc"
        }

    @Test
    fun readIntoABufferThatIsTooSmallLosesNothing() =
        streamTest {
            rawPair { (reader, _), peer ->
                val text = "0123456789".repeat(1_000)
                peer.send(text)
                peer.shutdownOutput()
                val target = ByteBuffer.allocate(7)
                val read = StringBuilder()
                while (reader.readInto(target.clear()) >= 0) read.append(Charsets.UTF_8.decode(target.flip()))
                read.toString() shouldBe text
            }
        }

    @Test
    fun aCancelledReadIntoLosesNothingAndTheNextOneWaitsAgain() =
        streamTest {
            val (reader, source) = reader()
            val target = ByteArray(4)
            repeat(2) {
                val task = createTask { reader.readInto(target) }
                passes(2)
                shouldThrow<IllegalStateException> { reader.readInto(target) }
                source.feed("data")
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                target.text() shouldBe "\u0000\u0000\u0000\u0000"
                reader.readExactly(4).text() shouldBe "data"
            }
        }

    @Test
    fun readIntoThatWaitsIsWokenByBytesByTheEndAndByAFailure() =
        streamTest {
            val (reader, source) = reader()
            val target = ByteArray(8)
            val woken = createTask { reader.readInto(target) }
            passes(2)
            source.feed("data")
            woken.await() shouldBe 4
            val ended = createTask { reader.readInto(target) }
            passes(2)
            source.end()
            ended.await() shouldBe -1
            val (other, failing) = reader()
            val failed = createTask { other.readInto(target) }
            passes(2)
            failing.fail(SocketException("reset"))
            shouldThrow<SocketException> { failed.await() }
        }

    @Test
    fun readIntoALargeDirectBufferTakesWhatWasBufferedFirst() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("line\nrest", "more"))
            reader.readLine()
            val target = ByteBuffer.allocateDirect(100_000)
            reader.readInto(target) shouldBe 4
            reader.readInto(target) shouldBe 4
            target.flip()
            Charsets.UTF_8.decode(target).toString() shouldBe "restmore"
        }

    @Test
    fun aPeerThatSendsWithoutPauseLeavesTurnsToOtherTasks() =
        streamTest {
            val reader = StreamReader(EndlessSource(), 64 * 1024)
            val target = ByteBuffer.allocateDirect(64 * 1024)
            val reading = createTask { repeat(1_000) { reader.readInto(target.clear()) } }
            passes(1)
            reading.done() shouldBe false
            reading.await()
        }

    @Test
    fun aLargeBufferTakesAllThatHasComeInOneCall() =
        streamTest {
            whenHereAre(150_000) { reader, _ ->
                reader.readInto(ByteBuffer.allocateDirect(256 * 1024)) shouldBe 150_000
            }
        }

    @Test
    fun aHugeBufferTakesOneMebibyteInOneCall() =
        streamTest {
            whenHereAre(3 * MEBIBYTE / 2) { reader, _ ->
                val target = ByteBuffer.allocateDirect(2 * MEBIBYTE)
                reader.readInto(target) shouldBe MEBIBYTE
                reader.readInto(target) shouldBe MEBIBYTE / 2
            }
        }

    @Test
    fun whatCameBeforeTheEndIsReadFirst() =
        streamTest {
            whenHereAre(128 * 1024) { reader, peer ->
                peer.close()
                val target = ByteBuffer.allocateDirect(256 * 1024)
                reader.readInto(target) shouldBe 128 * 1024
                reader.readInto(target) shouldBe -1
            }
        }

    @Test
    fun whatCameBeforeAResetIsReadFirst() =
        streamTest {
            whenHereAre(128 * 1024) { reader, peer ->
                peer.setOption(SO_LINGER, 0)
                peer.close()
                val target = ByteBuffer.allocateDirect(256 * 1024)
                reader.readInto(target) shouldBe 128 * 1024
                repeat(2) { shouldThrow<ConnectionResetException> { reader.readInto(target) } }
            }
        }

    /** Runs [body] once the system has [count] bytes for the reader. */
    private suspend fun whenHereAre(
        count: Int,
        body: suspend (StreamReader, SocketChannel) -> Unit,
    ) {
        assumeTrue(SOCKET_TABLES.all { it.exists() }, "only Linux tells what a socket has received")
        val socket = SocketChannel.open().setOption(SO_RCVBUF, 2 * count)
        assumeTrue(socket.getOption(SO_RCVBUF) >= 2 * count, "net.core.rmem_max is too small for this test")
        ServerSocketChannel.open().bind(InetSocketAddress(LOOPBACK, 0)).use { listening ->
            socket.connect(listening.localAddress)
            listening.accept().use { peer ->
                peer.write(ByteBuffer.allocate(count))
                val port = (socket.localAddress as InetSocketAddress).port
                passUntil { received(port) == count }
                openConnection(socket).use { (reader, _) -> body(reader, peer) }
            }
        }
    }

    /** How many bytes the system holds for the connected socket with this local [port]. */
    private fun received(port: Int): Int? {
        val local = ":%04X".format(port)
        return SOCKET_TABLES
            .flatMap { it.readLines() }
            .map { it.trim().split(Regex(" +")) }
            .firstOrNull { it[1].endsWith(local) }
            ?.let { it[4].substringAfter(':').toInt(16) }
    }

    private companion object {
        const val MEBIBYTE = 1024 * 1024
        val SOCKET_TABLES = listOf("tcp", "tcp6").map { Path.of("/proc/net", it) }
    }
}
