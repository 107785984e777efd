package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.connectToAny
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldStartWith
import org.junit.jupiter.api.Test
import java.net.ConnectException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketTimeoutException
import java.net.UnknownHostException

class OpenConnectionTest {
    @Test
    fun talksToAServerByNameAndByAddress() =
        streamTest {
            echoServer().use { server ->
                for (host in listOf("localhost", LOOPBACK)) {
                    openConnection(host, server.port).use { (reader, writer) ->
                        writer.write("hello\n".toByteArray())
                        reader.readLine().text() shouldBe "hello\n"
                    }
                }
            }
        }

    @Test
    fun knowsTheAddressesOfBothEnds() =
        streamTest {
            rawPair { connection, peer ->
                connection.writer.remoteAddress shouldBe peer.localSocketAddress
                connection.writer.localAddress shouldBe peer.remoteSocketAddress
            }
        }

    @Test
    fun anUnknownHostIsNamed() =
        streamTest {
            val failure = shouldThrow<UnknownHostException> { openConnection("no-such-host.invalid", 80) }
            failure.message shouldStartWith "Unknown host in no-such-host.invalid:80"
        }

    @Test
    fun whatIsMoreThanAHostIsExplained() =
        streamTest {
            LoopStreams.of(runningLoop()).lookUp = { throw UnknownHostException(it) }
            for (host in listOf("http://localhost", "localhost:80")) {
                val failure = shouldThrow<UnknownHostException> { openConnection(host, 80) }
                failure.message shouldBe
                    "Unknown host in [$host]:80. A host is a name or an address alone: no scheme, no port, no path"
            }
        }

    @Test
    fun aRefusedPortIsNamedWithItsAddress() =
        streamTest {
            val port = unusedPort()
            val failure = shouldThrow<ConnectException> { openConnection(LOOPBACK, port) }
            failure.message shouldBe "Cannot connect to 127.0.0.1:$port: Connection refused (127.0.0.1)"
        }

    @Test
    fun theFailureOfEachAddressIsTold() =
        streamTest {
            val port = unusedPort()
            val addresses = listOf("127.0.0.1", "127.0.0.2").map(InetAddress::getByName)
            val failure =
                shouldThrow<ConnectException> {
                    connectToAny(addresses, port, "two.example:$port", LoopStreams.of(runningLoop()))
                }
            failure.message shouldBe "Cannot connect to two.example:$port: Connection refused (127.0.0.1, 127.0.0.2)"
            failure.suppressed.toList() shouldHaveSize 1
        }

    @Test
    fun theNextAddressIsTriedAfterARefusal() =
        streamTest {
            rawServer().use { server ->
                val addresses = listOf("127.0.0.2", "127.0.0.1").map(InetAddress::getByName)
                val wire = connectToAny(addresses, server.localPort, "two.example:1", LoopStreams.of(runningLoop()))
                (wire.remoteAddress as InetSocketAddress).address.hostAddress shouldBe "127.0.0.1"
                wire.abort()
            }
        }

    @Test
    fun aPortOutOfRangeIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { openConnection(LOOPBACK, 70_000) }.message shouldContain "70000"
        }

    @Test
    fun cancellingWhileTheNameIsResolvedLeavesNothing() =
        streamTest {
            val task = createTask { openConnection("localhost", 1) }
            passes(1)
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            shouldBeClean()
        }

    @Test
    fun cancellingWhileConnectingLeavesNothing() =
        streamTest {
            unresponsiveServer { server, _ ->
                val task = createTask { openConnection(LOOPBACK, server.localPort) }
                passUntil { watchedKeys().isNotEmpty() }
                val channel = watchedKeys().single().channel()
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                channel.isOpen shouldBe false
                shouldBeClean()
            }
        }

    @Test
    fun cancellingAtAnyMomentLeavesNothing() =
        streamTest {
            val authority = Identity.authority()
            val server = startServer(LOOPBACK, 0, authority.issue().serverOptions) { reader, _ -> reader.read() }
            val keysOfServer = watchedKeys().size
            var before = 0
            while (true) {
                val task = createTask { openConnection(LOOPBACK, server.port, authority.trustOptions) }
                passes(before)
                // Each pass at first; what other threads do for a handshake takes thousands of them.
                before += 1 + before / 8
                if (task.done()) {
                    task.result().close()
                    break
                }
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                // What is left is the server, and its side of the connection until it has seen the end.
                passUntil { watchedKeys().size == keysOfServer }
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aCancelledReadLeavesTheConnectionUsable() =
        streamTest {
            rawPair { (reader, _), peer ->
                peer.send("half ")
                val task = createTask { reader.readLine() }
                passUntil { reader.toString().contains(" 5 bytes") }
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                peer.send("a line\n")
                reader.readLine().text() shouldBe "half a line\n"
            }
        }

    @Test
    fun anEndInsideReadExactlyNamesThePeer() =
        streamTest {
            rawPair { (reader, _), peer ->
                peer.send("abc")
                peer.close()
                shouldThrow<IncompleteReadException> { reader.readExactly(10) }.message shouldBe
                    "127.0.0.1:${peer.localPort} ended the stream after 3 of 10 bytes"
            }
        }

    @Test
    fun aLineOverTheLimitNamesThePeer() =
        streamTest {
            rawPair(limit = 4) { (reader, _), peer ->
                peer.send("too long\n")
                shouldThrow<LimitOverrunException> { reader.readLine() }.message shouldBe
                    "A line or piece from 127.0.0.1:${peer.localPort} ends after 8 bytes; the limit is 4"
            }
        }

    @Test
    fun aResetNamesThePeer() =
        streamTest {
            rawPair { (reader, writer), peer ->
                peer.reset()
                val failure = shouldThrow<ConnectionResetException> { reader.read(1) }
                failure.message shouldBe "The connection to 127.0.0.1:${peer.localPort} was lost: Connection reset"
                shouldThrow<ConnectionResetException> { reader.readLine() }
                shouldThrow<ConnectionResetException> { writer.waitClosed() }
            }
        }

    @Test
    fun whatWasWrittenAndTheEndArriveAlthoughTheLoopEndsAtOnce() {
        rawServer().use { server ->
            val peer =
                runLoop {
                    val connection = openConnection(LOOPBACK, server.localPort)
                    val peer = server.accept()
                    connection.writer.write("last words".toByteArray())
                    connection.close()
                    peer
                }
            peer.soTimeout = 10_000
            peer.use { it.getInputStream().readAllBytes().text() } shouldBe "last words"
        }
    }

    @Test
    fun aConnectionThatNobodyClosedIsClosedWithTheLoop() {
        rawServer().use { server ->
            val peer =
                runLoop {
                    openConnection(LOOPBACK, server.localPort)
                    server.accept()
                }
            peer.soTimeout = 10_000
            peer.use { it.getInputStream().read() } shouldBe -1
        }
    }

    @Test
    fun takesApartIntoReaderAndWriter() =
        streamTest {
            rawPair { connection, peer ->
                val (reader, writer) = connection
                writer.write("ping".toByteArray())
                peer.receive(4) shouldBe "ping"
                peer.send("pong")
                reader.readExactly(4).text() shouldBe "pong"
                connection.toString() shouldBe "Connection(127.0.0.1:${peer.localPort}, open, 0 bytes to send)"
            }
        }
}

internal suspend fun echoServer(ssl: TlsOptions? = null): Server =
    startServer(LOOPBACK, 0, ssl) { reader, writer ->
        while (true) {
            val bytes = reader.read(64 * 1024)
            if (bytes.isEmpty()) break
            writer.write(bytes)
            writer.drain()
        }
    }

internal fun unusedPort(): Int = rawServer().use { it.localPort }

/**
 * Runs [body] with a server that answers nothing, since the system's list of connections to accept is full, and with
 * the number of connections in that list.
 */
internal suspend fun unresponsiveServer(body: suspend (ServerSocket, Int) -> Unit) {
    rawServer(backlog = 1).use { server ->
        val waiting = ArrayList<Socket>()
        try {
            while (true) waiting += connectedOrNull(server) ?: break
            body(server, waiting.size)
        } finally {
            waiting.forEach { it.close() }
        }
    }
}

private fun connectedOrNull(server: ServerSocket): Socket? {
    val socket = Socket()
    return try {
        socket.apply { connect(server.localSocketAddress, 200) }
    } catch (_: SocketTimeoutException) {
        socket.close()
        null
    }
}
