package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.io.InputStream
import kotlin.random.Random

/** Keys that change in the middle of a TLS 1.3 connection. */
class TlsKeyUpdateTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()
    private val data = Random(1).nextBytes(2_000_000)

    @Test
    fun aServerChangesKeysWhileBothSidesSendMuch() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, writer), peer ->
                val theirs = createTask { toThread { peer.receiveUpdating() } }
                val ours = createTask { reader.readExactly(data.size) }
                writer.write(data)
                writer.drain()
                toThread { peer.sendUpdating() }
                ours.await().contentEquals(data) shouldBe true
                theirs.await().contentEquals(data) shouldBe true
            }
        }

    @Test
    fun aClientChangesKeysWhileItsDataComeBack() =
        streamTest {
            val server = echoServer(identity.serverOptions)
            withBouncyClient(server.port, "TLSv1.3") { peer ->
                val receiving = createTask { toThread { peer.input.readNBytes(data.size) } }
                toThread { peer.sendUpdating() }
                receiving.await().contentEquals(data) shouldBe true
                peer.sendFarewell()
            }
            server.close()
            server.waitClosed()
        }

    @Test
    fun aProtocolSeesNothingOfIt() =
        streamTest {
            val events = ArrayList<String>()
            val server = createServer({ Recorder(events) }, LOOPBACK, 0, identity.serverOptions)
            withBouncyClient(server.port, "TLSv1.3") { peer ->
                toThread {
                    peer.updateKeys(andYours = true)
                    peer.output.write("after".toByteArray())
                    peer.updateKeys(andYours = false)
                    peer.sendFarewell()
                }
                server.close()
                server.waitClosed()
            }
            events shouldBe listOf("connectionMade", "dataReceived after", "eofReceived", "connectionLost null")
        }

    /** Sends all of [data], with new keys at every tenth of it, asking for the same every other time. */
    private fun BouncyPeer.sendUpdating() {
        val piece = data.size / 10
        repeat(10) { i ->
            output.write(data, i * piece, piece)
            updateKeys(andYours = i % 2 == 0)
        }
    }

    private fun BouncyPeer.receiveUpdating(): ByteArray {
        val input: InputStream = input
        return input.readNBytes(data.size)
    }
}
