package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.longs.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.net.Socket
import java.nio.channels.ClosedChannelException
import java.nio.channels.FileChannel
import java.nio.channels.NonReadableChannelException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.WRITE

class SendFileTest {
    @TempDir
    lateinit var directory: Path

    @Test
    fun aWholeFileArrivesAfterWhatWasWrittenBefore() =
        streamTest {
            rawPair { (_, writer), peer ->
                val received = createTask { peer.receiveBytes() }
                val file = file(10_000_000)
                repeat(5) { writer.write(ByteArray(100_000)) }
                writer.sendFile(file) shouldBe 10_000_000L
                writer.write("end".toByteArray())
                writer.close()
                val bytes = received.await()
                bytes.size shouldBe 10_500_003
                bytes.copyOfRange(500_000, 10_500_000).contentEquals(Files.readAllBytes(file)) shouldBe true
                bytes.takeLast(3).toByteArray().text() shouldBe "end"
            }
        }

    @Test
    fun aPartOfAFileIsSentAndItsChannelStaysWhereItWas() =
        streamTest {
            rawPair { (_, writer), peer ->
                channel("0123456789").use { file ->
                    writer.sendFile(file, offset = 2, count = 5) shouldBe 5L
                    file.position() shouldBe 0L
                    file.isOpen shouldBe true
                }
                peer.receive(5) shouldBe "23456"
            }
        }

    @Test
    fun aFileThatIsShorterIsSentAsFarAsItGoes() =
        streamTest {
            rawPair { (_, writer), peer ->
                channel("0123456789").use { file ->
                    writer.sendFile(file, offset = 6, count = 100) shouldBe 4L
                    writer.sendFile(file, offset = 20) shouldBe 0L
                    writer.sendFile(file, count = 0) shouldBe 0L
                }
                peer.receive(4) shouldBe "6789"
            }
        }

    @Test
    fun aFileThatIsCutShortMeanwhileEndsThere() =
        streamTest {
            rawPair { (_, writer), peer ->
                val size = 64_000_000L
                FileChannel.open(file(size.toInt()), READ, WRITE).use { file ->
                    val sending = createTask { writer.sendFile(file) }
                    // Somewhere in the middle, the peer's buffer and ours are full.
                    peer.receive(1)
                    file.truncate(100)
                    val received = createTask { peer.receiveBytes() }
                    val sent = sending.await()
                    sent shouldBeLessThan size
                    writer.close()
                    received.await().size + 1 shouldBe sent.toInt()
                }
            }
        }

    @Test
    fun throughTlsItArrivesAsWell() =
        streamTest {
            val authority = Identity.authority()
            val file = file(3_000_000)
            val server =
                startServer(LOOPBACK, 0, authority.issue().serverOptions) { _, writer ->
                    writer.sendFile(file, offset = 1) shouldBe 2_999_999L
                    writer.write("end".toByteArray())
                }
            server.use {
                openConnection(LOOPBACK, server.port, authority.trustOptions).use { (reader, _) ->
                    val bytes = reader.read()
                    bytes.size shouldBe 3_000_002
                    bytes.copyOf(2_999_999).contentEquals(Files.readAllBytes(file).drop(1).toByteArray()) shouldBe true
                }
            }
            server.waitClosed()
        }

    @Test
    fun nothingGetsInBetweenAndReadingGoesOn() =
        streamTest {
            rawPair { (reader, writer), peer ->
                val sending = createTask { writer.sendFile(file(64_000_000)) }
                peer.receive(1)
                shouldThrow<IllegalStateException> { writer.write("x".toByteArray()) }.message shouldStartWith
                    "write() while sendFile() is at work"
                shouldThrow<IllegalStateException> { writer.writeEof() }
                channel("x").use { shouldThrow<IllegalStateException> { writer.sendFile(it) } }
                peer.send("meanwhile\n")
                reader.readLine().text() shouldBe "meanwhile\n"
                val received = createTask { peer.receiveBytes() }
                sending.await()
                writer.close()
                received.await().size shouldBe 63_999_999
            }
        }

    @Test
    fun aPeerThatResetsEndsIt() =
        streamTest {
            rawPair { (_, writer), peer ->
                channelOf(64_000_000).use { file ->
                    val sending = createTask { writer.sendFile(file) }
                    peer.receive(1)
                    peer.reset()
                    shouldThrow<ConnectionResetException> { sending.await() }.message shouldStartWith
                        "The connection to 127.0.0.1:${peer.localPort} was lost: "
                    file.isOpen shouldBe true
                    shouldThrow<ConnectionResetException> { writer.sendFile(file) }
                }
            }
        }

    @Test
    fun closingTheStreamEndsItAtAnyMoment() =
        streamTest {
            rawServer().use { server ->
                val file = file(64_000_000)
                repeat(20) { passesBefore ->
                    openConnection(LOOPBACK, server.localPort).use { (_, writer) ->
                        server.accept().use {
                            val sending = createTask { writer.sendFile(file) }
                            passes(passesBefore)
                            writer.abort()
                            shouldThrow<ConnectionResetException> { sending.await() }.message shouldContain
                                "was closed by this side"
                        }
                    }
                }
            }
        }

    @Test
    fun cancellingLeavesTheFileOpenAndTheStreamUsable() =
        streamTest {
            rawPair { (_, writer), peer ->
                channelOf(64_000_000).use { file ->
                    val sending = createTask { writer.sendFile(file) }
                    peer.receive(1)
                    sending.cancel()
                    shouldThrow<CancelledException> { sending.await() }
                    file.isOpen shouldBe true
                }
                val received = createTask { peer.receiveBytes() }
                writer.write("still here".toByteArray())
                writer.close()
                received
                    .await()
                    .takeLast(10)
                    .toByteArray()
                    .text() shouldBe "still here"
            }
        }

    @Test
    fun cancellingAtAnyPassLeavesNoFileOpen() =
        streamTest {
            rawPair { (_, writer), _ ->
                val file = file(64_000_000)
                repeat(20) { passesBefore ->
                    val sending = createTask { writer.sendFile(file) }
                    passes(passesBefore)
                    sending.cancel()
                    shouldThrow<CancelledException> { sending.await() }
                }
                passUntil { !isOpenHere(file) }
            }
        }

    @Test
    fun aFileThatIsNotThereOrADirectoryIsAnErrorAndTheStreamGoesOn() =
        streamTest {
            rawPair { (_, writer), peer ->
                shouldThrow<NoSuchFileException> { writer.sendFile(directory.resolve("none")) }
                shouldThrow<IOException> { writer.sendFile(directory) }
                writer.write("on".toByteArray())
                peer.receive(2) shouldBe "on"
            }
        }

    @Test
    fun aFileThatCannotBeReadIsNotTakenForALostConnection() =
        streamTest {
            rawPair { (_, writer), peer ->
                FileChannel.open(file(10), WRITE).use { file ->
                    shouldThrow<NonReadableChannelException> { writer.sendFile(file) }
                }
                val closed = channel("x").also { it.close() }
                shouldThrow<ClosedChannelException> { writer.sendFile(closed) }
                val broken = shouldThrow<IOException> { writer.sendFile(BrokenFile(channel("0123456789"))) }
                broken.message shouldBe "Input/output error"
                writer.write("on".toByteArray())
                peer.receive(2) shouldBe "on"
            }
        }

    @Test
    fun afterTheEndWasAnnouncedNothingCanBeSent() =
        streamTest {
            rawPair { (_, writer), _ ->
                writer.writeEof()
                channel("x").use { file ->
                    shouldThrow<IllegalStateException> { writer.sendFile(file) }.message shouldStartWith
                        "sendFile() after writeEof()"
                }
            }
        }

    @Test
    fun numbersMustNotBeNegative() =
        streamTest {
            rawPair { (_, writer), _ ->
                channel("x").use { file ->
                    shouldThrow<IllegalArgumentException> { writer.sendFile(file, offset = -1) }
                    shouldThrow<IllegalArgumentException> { writer.sendFile(file, count = -1) }
                }
            }
        }

    private fun file(size: Int): Path {
        val bytes = ByteArray(size) { (it * 31 shr 3).toByte() }
        return Files.write(Files.createTempFile(directory, "file", ""), bytes)
    }

    private fun channelOf(size: Int) = FileChannel.open(file(size), READ)

    private fun channel(text: String) =
        FileChannel.open(Files.writeString(Files.createTempFile(directory, "text", ""), text), READ)

    private fun isOpenHere(file: Path): Boolean {
        val descriptors = Path.of("/proc/self/fd")
        if (!Files.isDirectory(descriptors)) return false
        return Files.list(descriptors).use { all ->
            all.anyMatch { runCatching { Files.readSymbolicLink(it) == file.toRealPath() }.getOrDefault(false) }
        }
    }

    private suspend fun Socket.receiveBytes(): ByteArray = toThread { getInputStream().readAllBytes() }
}
