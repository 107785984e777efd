package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.DisabledOnOs
import org.junit.jupiter.api.condition.OS
import org.junit.jupiter.api.io.TempDir
import java.io.IOException
import java.net.BindException
import java.net.SocketException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions

@DisabledOnOs(OS.WINDOWS, disabledReason = "the files of its sockets cannot be told from others")
class UnixServerTest {
    @TempDir
    lateinit var directory: Path

    private val path get() = directory.resolve("socket")

    @Test
    fun servesConnections() =
        streamTest {
            startUnixServer(path, handler = ::echoLines).use {
                ask(path, "one\n") shouldBe "one\n"
                ask(path, "two\n") shouldBe "two\n"
            }
        }

    @Test
    fun servesNetcat() =
        streamTest {
            assumeTrue(isInstalled("nc", "-h"), "needs nc (Debian: netcat-openbsd)")
            startUnixServer(
                path,
            ) { reader, writer -> writer.write("you said ".toByteArray() + reader.readLine()) }.use {
                talk("hello\n", "nc", "-U", "$path") shouldBe "you said hello\n"
            }
        }

    @Test
    fun clientsAndServersAreNamedByThePath() =
        streamTest {
            startUnixServer(path) { _, writer -> writer.write(writer.toString().toByteArray()) }.use { server ->
                server.toString() shouldContain path.toString()
                server.localAddresses shouldBe listOf(UnixDomainSocketAddress.of(path))
                shouldThrow<IllegalStateException> { server.port }.message shouldContain "has no port"
                ask(path, "") shouldContain "a client of $path"
            }
        }

    @Test
    fun theFileIsDeletedAtTheEnd() =
        streamTest {
            startUnixServer(path) { _, _ -> }.close()
            filesLeft().shouldBeEmpty()
        }

    @Test
    fun theFileStaysIfItIsToStay() =
        streamTest {
            startUnixServer(path, cleanupSocket = false) { _, _ -> }.close()
            filesLeft() shouldBe listOf("socket")
        }

    @Test
    fun aFileThatSomebodyElseHasPutThereStays() =
        streamTest {
            val server = startUnixServer(path) { _, _ -> }
            Files.delete(path)
            Files.writeString(path, "mine")
            server.close()
            Files.readString(path) shouldBe "mine"
        }

    @Test
    fun theFileIsDeletedWithTheLoop() {
        runLoop { startUnixServer(path) { _, _ -> } }
        filesLeft().shouldBeEmpty()
    }

    @Test
    fun whatADeadServerHasLeftIsReplaced() =
        streamTest {
            leaveStaleSocket()
            startUnixServer(path, handler = ::echoLines).use { ask(path, "new\n") shouldBe "new\n" }
        }

    @Test
    fun aLiveServerKeepsItsSocket() =
        streamTest {
            startUnixServer(path, handler = ::echoLines).use { first ->
                val failure = shouldThrow<BindException> { startUnixServer(path) { _, _ -> } }
                failure.message shouldBe "Cannot listen on $path: another server listens there"
                ask(path, "mine\n") shouldBe "mine\n"
                first.close()
                first.waitClosed()
            }
        }

    @Test
    fun aServerThatIsTooBusyToAcceptKeepsItsSocket() =
        streamTest {
            ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { busy ->
                busy.bind(UnixDomainSocketAddress.of(path), 1)
                val waiting = fillBacklog()
                try {
                    shouldThrow<BindException> { startUnixServer(path) { _, _ -> } }.message shouldContain "busy server"
                    filesLeft() shouldBe listOf("socket")
                } finally {
                    waiting.forEach { it.close() }
                }
            }
        }

    @Test
    fun aFileThatIsNoSocketIsLeftAlone() =
        streamTest {
            Files.writeString(path, "precious")
            val failure = shouldThrow<BindException> { startUnixServer(path) { _, _ -> } }
            failure.message shouldContain "is no socket"
            Files.readString(path) shouldBe "precious"
        }

    @Test
    fun aDirectoryThatIsNotThereIsAnError() =
        streamTest {
            val missing = directory.resolve("none/socket")
            shouldThrow<BindException> { startUnixServer(missing) { _, _ -> } }.message shouldContain missing.toString()
        }

    @Test
    fun aPathThatIsTooLongIsAnError() =
        streamTest {
            val long = directory.resolve("x".repeat(200))
            shouldThrow<BindException> { startUnixServer(long) { _, _ -> } }.message shouldContain "too long"
        }

    @Test
    fun permissionsAreThereFromTheFirstMoment() =
        streamTest {
            val onlyOurs = PosixFilePermissions.fromString("rw-------")
            startUnixServer(path, permissions = onlyOurs, handler = ::echoLines).use { server ->
                Files.getPosixFilePermissions(path) shouldBe onlyOurs
                filesLeft() shouldBe listOf("socket")
                server.localAddresses shouldBe listOf(UnixDomainSocketAddress.of(path))
                ask(path, "me\n") shouldBe "me\n"
            }
            filesLeft().shouldBeEmpty()
        }

    @Test
    fun connectionsKnowTheNameThatTheirClientsUse() =
        streamTest {
            val onlyOurs = PosixFilePermissions.fromString("rw-------")
            startUnixServer(path, permissions = onlyOurs) { _, writer ->
                writer.write("${writer.localAddress}".toByteArray())
            }.use { ask(path, "") shouldBe "$path" }
        }

    @Test
    fun withPermissionsTheSameRulesHoldForWhatIsThereAlready() =
        streamTest {
            val onlyOurs = PosixFilePermissions.fromString("rw-rw----")
            leaveStaleSocket()
            startUnixServer(path, permissions = onlyOurs) { _, _ -> }.use {
                shouldThrow<BindException> { startUnixServer(path, permissions = onlyOurs) { _, _ -> } }
                    .message shouldContain "another server"
            }
            Files.writeString(path, "precious")
            shouldThrow<BindException> { startUnixServer(path, permissions = onlyOurs) { _, _ -> } }
            filesLeft() shouldBe listOf("socket")
        }

    @Test
    fun cancellingTheStartLeavesNothing() =
        streamTest {
            val task = createTask { startUnixServer(path) { _, _ -> } }
            passes(1)
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            // The thread that made the socket closes it, now or soon.
            passUntil { filesLeft().isEmpty() }
            toThread { }
        }

    @Test
    fun servesOpensslWithTls() {
        val identity = Identity.selfSigned()
        streamTest {
            assumeTrue(isInstalled("openssl", "version"), "needs openssl (Debian: openssl)")
            startUnixServer(path, ssl = identity.serverOptions, handler = ::echoLines).use {
                talk("hello\n", "openssl", "s_client", "-quiet", "-unix", "$path") shouldBe "hello\n"
            }
        }
    }

    private suspend fun echoLines(
        reader: StreamReader,
        writer: StreamWriter,
    ) {
        writer.write(reader.readLine())
    }

    /** Asks as a program that is not ours would: with a plain socket, on another thread. */
    private suspend fun ask(
        path: Path,
        question: String,
    ): String =
        toThread {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).use { client ->
                client.write(ByteBuffer.wrap(question.toByteArray()))
                val answer = ByteBuffer.allocate(1024)
                while (client.read(answer) >= 0) {
                    // Until the server closes.
                }
                String(answer.array(), 0, answer.position())
            }
        }

    private fun leaveStaleSocket() {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { it.bind(UnixDomainSocketAddress.of(path)) }
        filesLeft() shouldBe listOf("socket")
    }

    /** Connects until the system lets nobody wait any more. */
    private fun fillBacklog(): List<SocketChannel> {
        val waiting = ArrayList<SocketChannel>()
        while (waiting.size < 100) {
            val client = SocketChannel.open(StandardProtocolFamily.UNIX)
            client.configureBlocking(false)
            waiting += client
            try {
                client.connect(UnixDomainSocketAddress.of(path))
            } catch (_: SocketException) {
                break
            }
        }
        return waiting
    }

    private fun filesLeft(): List<String> = Files.list(directory).use { all -> all.map { "${it.fileName}" }.toList() }

    private fun isInstalled(vararg command: String): Boolean =
        try {
            ProcessBuilder(*command).redirectErrorStream(true).start().also { it.inputStream.readAllBytes() }
            true
        } catch (_: IOException) {
            false
        }

    /** Runs a program, gives it [input] and returns what it prints. */
    private suspend fun talk(
        input: String,
        vararg command: String,
    ): String =
        toThread {
            val process = ProcessBuilder(*command).redirectError(ProcessBuilder.Redirect.DISCARD).start()
            process.outputStream.use { stdin ->
                stdin.write(input.toByteArray())
                stdin.flush()
                process.inputStream.readAllBytes().decodeToString()
            }
        }
}
