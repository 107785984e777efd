package dev.tandem.streams

import dev.tandem.Task
import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.net.Socket
import java.nio.ByteBuffer
import javax.net.ssl.SSLHandshakeException

/** Handshakes without end, and in pieces. */
class TlsHandshakeLimitTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    /** A "hello request": TLS 1.2 has clients ignore it during a handshake. */
    @Test
    fun aServerThatOnlySaysWhatIsIgnoredIsGivenUp() =
        streamTest {
            withServerThatRepeats(byteArrayOf(22, 3, 3, 0, 4, 0, 0, 0, 0)) { connecting ->
                shouldThrow<SSLHandshakeException> { connecting.await() }.message shouldContain
                    "the handshake is longer than 262144 bytes"
            }
        }

    @Test
    fun aServerThatOnlyWarnsIsGivenUp() =
        streamTest {
            withServerThatRepeats(byteArrayOf(21, 3, 3, 0, 2, 1, 90)) { connecting ->
                shouldThrow<SSLHandshakeException> { connecting.await() }
            }
        }

    @ParameterizedTest
    @ValueSource(ints = [1, 2, 5, 100])
    fun aHelloInFragmentsIsUnderstood(size: Int) =
        streamTest {
            val server = echoServer(identity.serverOptions)
            rawClient(server.port).use { client ->
                client.getOutputStream().write(fragmented(clientHello(authority.trustOptions), size))
                val answer = toThread { client.getInputStream().readNBytes(6) }
                // A handshake record, with the hello of a server.
                listOf(answer[0], answer[1], answer[5]) shouldBe listOf<Byte>(22, 3, 2)
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aHelloOfMegabytesIsGivenUp() =
        streamTest {
            val server = echoServer(identity.serverOptions)
            rawClient(server.port).use { client ->
                val header = byteArrayOf(1, 0x7F, 0, 0, 3, 3)
                val sending =
                    createTask {
                        toThread {
                            try {
                                client.getOutputStream().write(
                                    fragmented(record(header + ByteArray(2_000_000)), 16_000),
                                )
                            } catch (_: IOException) {
                                // It was given up.
                            }
                        }
                    }
                toThread { runCatching { client.getInputStream().readAllBytes() } }
                sending.await()
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aPortWithoutTlsThatSendsOurHelloBackIsRefused() =
        streamTest {
            val server = echoServer()
            shouldThrow<SSLHandshakeException> { openConnection(LOOPBACK, server.port, authority.trustOptions) }
            server.close()
            server.waitClosed()
        }

    /** Has our client meet a server that sends [record] over and over, as long as it is let. */
    private suspend fun withServerThatRepeats(
        record: ByteArray,
        body: suspend (Task<Connection>) -> Unit,
    ) {
        rawServer().use { door ->
            val options = authority.trustOptions.withProtocols("TLSv1.2")
            val connecting = createTask { openConnection(LOOPBACK, door.localPort, options) }
            toThread { door.accept() }.use { socket ->
                val flood = createTask { toThread { socket.repeat(record) } }
                body(connecting)
                flood.await()
            }
        }
    }

    private fun Socket.repeat(record: ByteArray) {
        val many = ByteArray(1000 * record.size) { record[it % record.size] }
        try {
            getInputStream().read(ByteArray(1000))
            while (true) getOutputStream().write(many)
        } catch (_: IOException) {
            // It was given up.
        }
    }
}

/** The records that a client with [options] begins with. */
internal fun clientHello(options: TlsOptions): ByteArray {
    val engine = options.context.createSSLEngine().apply { useClientMode = true }
    val records = ByteBuffer.allocate(engine.session.packetBufferSize)
    engine.wrap(ByteBuffer.allocate(0), records)
    return records.array().copyOf(records.position())
}

/** Splits what a handshake [record] holds into records of [size] bytes. */
private fun fragmented(
    record: ByteArray,
    size: Int,
): ByteArray =
    record
        .drop(HEADER)
        .chunked(size)
        .map { byteArrayOf(22, 3, 3, (it.size shr 8).toByte(), it.size.toByte()) + it }
        .fold(ByteArray(0)) { all, next -> all + next }

private fun record(content: ByteArray) = ByteArray(HEADER) + content

private const val HEADER = 5
