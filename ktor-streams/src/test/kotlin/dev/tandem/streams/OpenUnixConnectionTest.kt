package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Assumptions.assumeFalse
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.net.ConnectException
import java.net.SocketTimeoutException
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.AccessDeniedException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.time.Duration.Companion.milliseconds

class OpenUnixConnectionTest {
    @TempDir
    lateinit var directory: Path

    private val path get() = directory.resolve("s")

    @Test
    fun bytesGoBothWays() =
        streamTest {
            listening { server ->
                openUnixConnection(path).use { (reader, writer) ->
                    server.accept().use { peer ->
                        writer.write("question\n".toByteArray())
                        peer.receiveUnix(9) shouldBe "question\n"
                        peer.write(ByteBuffer.wrap("answer\n".toByteArray()))
                        reader.readLine().text() shouldBe "answer\n"
                    }
                }
            }
        }

    @Test
    fun eachDirectionCanEndAlone() =
        streamTest {
            listening { server ->
                openUnixConnection(path).use { (reader, writer) ->
                    server.accept().use { peer ->
                        writer.writeEof()
                        peer.receiveUnix(1) shouldBe ""
                        peer.write(ByteBuffer.wrap("the rest".toByteArray()))
                        peer.shutdownOutput()
                        reader.read().text() shouldBe "the rest"
                    }
                }
            }
        }

    @Test
    fun netcatIsTalkedTo() =
        streamTest {
            Program.assumeInstalled("nc", "netcat-openbsd")
            Program.start("nc", "-lU", path.toString()).use { netcat ->
                connectWhenReady { openUnixConnection(path) }.use { (reader, writer) ->
                    netcat.type("from netcat\n")
                    reader.readLine().text() shouldBe "from netcat\n"
                    writer.write("to netcat\n".toByteArray())
                    writer.close()
                    netcat.awaitEnd() shouldBe "to netcat\n"
                }
            }
        }

    @Test
    fun knowsItsAddressesAndItsName() =
        streamTest {
            listening {
                openUnixConnection(path).use { connection ->
                    connection.writer.remoteAddress shouldBe UnixDomainSocketAddress.of(path)
                    connection.writer.localAddress shouldBe UnixDomainSocketAddress.of("")
                    connection.toString() shouldBe "Connection($path, open, 0 bytes to send)"
                    shouldThrow<UnsupportedOperationException> {
                        connection.writer.getOption(StandardSocketOptions.TCP_NODELAY)
                    }
                }
            }
        }

    @Test
    fun largeAmountsArriveWhole() =
        streamTest {
            listening { server ->
                openUnixConnection(path).use { (_, writer) ->
                    server.accept().use { peer ->
                        val received = createTask { peer.receiveUnix(3_000_000) }
                        repeat(3) {
                            writer.write(ByteArray(1_000_000) { 'x'.code.toByte() })
                            writer.drain()
                        }
                        received.await().length shouldBe 3_000_000
                    }
                }
            }
        }

    @Test
    fun aFileThatIsNotThereIsNamed() =
        streamTest {
            shouldThrow<NoSuchFileException> { openUnixConnection(path) }.message shouldBe
                "$path: no server has made this socket"
        }

    @Test
    fun aSocketThatNobodyListensOnAndAnOrdinaryFileRefuse() =
        streamTest {
            listening { it.close() }
            shouldThrow<ConnectException> { openUnixConnection(path) }.message shouldStartWith
                "Cannot connect to $path: Connection refused (nobody listens there"
            val file = Files.createFile(directory.resolve("file"))
            shouldThrow<ConnectException> { openUnixConnection(file) }.message shouldContain "or it is no socket"
        }

    @Test
    fun aSocketThatOthersMayNotUseIsDenied() =
        streamTest {
            assumeFalse(System.getProperty("user.name") == "root", "the superuser may use every socket")
            listening {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"))
                shouldThrow<AccessDeniedException> { openUnixConnection(path) }.message shouldBe
                    "$path: to connect takes the right to write to the socket"
            }
        }

    @Test
    fun anEmptyPathIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { openUnixConnection(Path.of("")) }
            shouldThrow<IllegalArgumentException> { startUnixServer(Path.of("")) { _, _ -> } }
        }

    @Test
    fun aPathThatIsTooLongIsRefused() =
        streamTest {
            val long = directory.resolve("x".repeat(120))
            shouldThrow<IllegalArgumentException> { openUnixConnection(long) }.message shouldStartWith
                "The path of a Unix socket has 100 bytes or so at most"
        }

    @Test
    fun tlsNeedsANameToVerify() =
        streamTest {
            shouldThrow<IllegalArgumentException> { openUnixConnection(path, TlsOptions()) }.message shouldContain
                "withServerName()"
        }

    @Test
    fun ourOwnServerIsTalkedToWithTlsAndWithout() =
        streamTest {
            val authority = Identity.authority()
            for (identity in listOf(null, authority.issue())) {
                val server =
                    startUnixServer(path, identity?.serverOptions) { reader, writer ->
                        for (line in reader.lines()) writer.write(line)
                    }
                val ssl = identity?.let { authority.trustOptions.withServerName(LOOPBACK) }
                openUnixConnection(path, ssl).use { (reader, writer) ->
                    writer.write("there and back\n".toByteArray())
                    reader.readLine().text() shouldBe "there and back\n"
                }
                server.close()
                server.waitClosed()
            }
        }

    @Test
    fun waitsForAServerThatHasTooMuchToAccept() =
        streamTest {
            full { server, waiting ->
                val task = createTask { openUnixConnection(path) }
                passes(5)
                task.done() shouldBe false
                repeat(waiting) { server.accept().close() }
                task.await().close()
            }
        }

    @Test
    fun theConnectTimeoutEndsThatWait() =
        streamTest {
            full { _, _ ->
                shouldThrow<SocketTimeoutException> {
                    openUnixConnection(path, connectTimeout = 50.milliseconds)
                }.message shouldBe "$path has not accepted the connection within 50ms"
            }
        }

    @Test
    fun cancellingThatWaitLeavesNoSocket() =
        streamTest {
            full { _, _ ->
                val task = createTask { openUnixConnection(path) }
                passes(5)
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                shouldBeClean()
            }
        }

    private suspend fun listening(
        backlog: Int = 10,
        body: suspend (ServerSocketChannel) -> Unit,
    ) {
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { server ->
            server.bind(UnixDomainSocketAddress.of(path), backlog)
            body(server)
        }
    }

    /** Runs [body] with a server that has as many connections to accept as the system keeps, and with their number. */
    private suspend fun full(body: suspend (ServerSocketChannel, Int) -> Unit) =
        listening(backlog = 1) { server ->
            val waiting = ArrayList<SocketChannel>()
            try {
                while (true) {
                    val next = SocketChannel.open(StandardProtocolFamily.UNIX).also { it.configureBlocking(false) }
                    waiting += next
                    if (runCatching { next.connect(UnixDomainSocketAddress.of(path)) }.isFailure) break
                }
                body(server, waiting.size - 1)
            } finally {
                waiting.forEach { it.close() }
            }
        }
}

/** Waits, on another thread, for [count] bytes or the end. */
internal suspend fun SocketChannel.receiveUnix(count: Int): String =
    toThread {
        val bytes = ByteBuffer.allocate(count)
        do {
            val more = bytes.hasRemaining() && read(bytes) >= 0
        } while (more)
        String(bytes.array(), 0, bytes.position())
    }
