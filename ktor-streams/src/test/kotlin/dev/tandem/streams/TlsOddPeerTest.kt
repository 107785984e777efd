package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.toThread
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import org.bouncycastle.tls.AlertDescription
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import java.io.IOException
import java.net.Socket
import javax.net.ssl.SSLException
import javax.net.ssl.SSLServerSocket
import javax.net.ssl.SSLSocket

/** Peers that keep to TLS's letter, and send records that no program would. */
class TlsOddPeerTest {
    private val authority = Identity.authority()
    private val identity = authority.issue()

    /** Of TLS 1.2; the JDK takes those of TLS 1.3 for damaged. */
    @Test
    fun emptyRecordsAreSkipped() =
        streamTest {
            withBouncyServer(authority, "TLSv1.2") { (reader, _), peer ->
                toThread {
                    repeat(20) { peer.sendEmpty() }
                    peer.output.write("one".toByteArray())
                    repeat(20) { peer.sendEmpty() }
                    peer.output.write("two".toByteArray())
                    peer.sendEmpty()
                    peer.sendFarewell()
                }
                reader.read().text() shouldBe "onetwo"
            }
        }

    @Test
    fun aFloodOfEmptyRecordsEndsTheConnection() =
        streamTest {
            withBouncyServer(authority, "TLSv1.2") { (reader, _), peer ->
                toThread { repeat(100) { peer.sendEmpty() } }
                shouldThrow<SSLException> { reader.read(1) }.message shouldEndWith
                    " failed: it sent more than 32 records in a row that held no data"
            }
        }

    @Test
    fun aFloodOfKeyUpdatesEndsTheConnection() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, _), peer ->
                toThread { repeat(100) { peer.updateKeys(andYours = false) } }
                shouldThrow<SSLException> { reader.read(1) }.message shouldContain "held no data"
            }
        }

    @Test
    fun aFloodOfWarningsEndsTheConnection() =
        streamTest {
            withBouncyServer(authority, "TLSv1.2") { (reader, _), peer ->
                toThread { repeat(100) { peer.sendAlert(1, AlertDescription.user_canceled) } }
                shouldThrow<SSLException> { reader.read(1) }.message shouldContain "held no data"
            }
        }

    @Test
    fun whoAsksForNewKeysAndReadsNoneOfTheAnswersIsGivenUp() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, writer), peer ->
                while (writer.writeBufferSize() == 0) writer.write(ByteArray(100_000))
                val queued = writer.writeBufferSize()
                val asking =
                    createTask {
                        toThread {
                            try {
                                while (true) {
                                    peer.updateKeys(andYours = true)
                                    peer.output.write(1)
                                }
                            } catch (_: IOException) {
                                // It was given up.
                            }
                        }
                    }
                shouldThrow<SSLException> { while (true) reader.read(1) }.message shouldEndWith
                    "it asked for new keys 100 times without reading the answers"
                (writer.writeBufferSize() < queued + 100 * 64) shouldBe true
                writer.abort()
                asking.await()
            }
        }

    @Test
    fun whoNegotiatesAnewForEverIsGivenUp() =
        streamTest {
            val options = identity.serverOptions
            (options.context.serverSocketFactory.createServerSocket(0) as SSLServerSocket).use { server ->
                server.enabledProtocols = arrayOf("TLSv1.2")
                val serving = createTask { toThread { server.accept().use(::negotiateForEver) } }
                openConnection(LOOPBACK, server.localPort, authority.trustOptions).use { (reader, writer) ->
                    val failure =
                        shouldThrow<SSLException> {
                            while (true) {
                                reader.readExactly(1)
                                writer.write(ByteArray(1))
                            }
                        }
                    failure.message shouldEndWith "it wants to negotiate anew once more, after 10 times"
                }
                serving.await()
            }
        }

    @ParameterizedTest
    @CsvSource(
        "10, unexpected_message",
        "20, bad_record_mac",
        "22, record_overflow",
        "40, handshake_failure",
        "42, bad_certificate",
        "43, unsupported_certificate",
        "44, certificate_revoked",
        "45, certificate_expired",
        "46, certificate_unknown",
        "47, illegal_parameter",
        "48, unknown_ca",
        "49, access_denied",
        "50, decode_error",
        "51, decrypt_error",
        "70, protocol_version",
        "71, insufficient_security",
        "80, internal_error",
        "109, missing_extension",
        "110, unsupported_extension",
        "112, unrecognized_name",
        "113, bad_certificate_status_response",
        "115, unknown_psk_identity",
        "116, certificate_required",
        "120, no_application_protocol",
    )
    fun alertsHaveTheirNames(
        description: Short,
        name: String,
    ) = streamTest {
        withBouncyServer(authority, "TLSv1.3") { (reader, writer), peer ->
            toThread { peer.sendAlert(2, description) }
            val failure = shouldThrow<SSLException> { reader.read(1) }
            failure.message shouldBe "The TLS connection to ${writer.describe().substringBefore(',')} failed: " +
                "it sent the alert $name"
            shouldThrow<SSLException> { writer.drain() }
        }
    }

    @Test
    fun anAlertThatNobodyKnowsIsAnError() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, _), peer ->
                toThread { peer.sendAlert(2, 99) }
                shouldThrow<SSLException> { reader.read(1) }.message shouldContain "99"
            }
        }

    @Test
    fun whatCameBeforeAnAlertCanStillBeRead() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, _), peer ->
                toThread {
                    peer.output.write("last words".toByteArray())
                    peer.sendAlert(2, AlertDescription.internal_error)
                }
                reader.readExactly(10).text() shouldBe "last words"
                shouldThrow<SSLException> { reader.read(1) }.message shouldEndWith "it sent the alert internal_error"
            }
        }

    @Test
    fun aWarningOfTls12ChangesNothing() =
        streamTest {
            withBouncyServer(authority, "TLSv1.2") { (reader, _), peer ->
                toThread {
                    peer.sendAlert(1, AlertDescription.no_renegotiation)
                    peer.sendAlert(1, AlertDescription.user_canceled)
                    peer.output.write("on".toByteArray())
                }
                reader.readExactly(2).text() shouldBe "on"
            }
        }

    @Test
    fun inTls13WhoHasSaidFarewellGoesOnReading() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, writer), peer ->
                toThread {
                    peer.output.write("bye".toByteArray())
                    peer.sendFarewell()
                }
                reader.read().text() shouldBe "bye"
                val receiving = createTask { toThread { peer.input.readNBytes(300_000) } }
                writer.write(ByteArray(300_000))
                writer.drain()
                receiving.await().size shouldBe 300_000
            }
        }

    @Test
    fun whatComesAfterAFarewellIsNotRead() =
        streamTest {
            withBouncyServer(authority, "TLSv1.3") { (reader, _), peer ->
                toThread {
                    peer.output.write("bye".toByteArray())
                    peer.sendFarewell()
                    peer.output.write("more".toByteArray())
                }
                reader.read().text() shouldBe "bye"
                reader.read(10).size shouldBe 0
            }
        }

    @Test
    fun aFloodOfEmptyRecordsHarmsNoOtherClientOfAServer() =
        streamTest {
            onServer(identity.serverOptions) { port, _ ->
                withBouncyClient(port, "TLSv1.2") { flooding ->
                    val flood =
                        createTask {
                            toThread {
                                try {
                                    while (true) flooding.sendEmpty()
                                } catch (_: IOException) {
                                    // It was given up.
                                }
                            }
                        }
                    withBouncyClient(port, "TLSv1.2") { honest ->
                        toThread {
                            honest.output.write("hello\n".toByteArray())
                            honest.input.readNBytes(11).text()
                        } shouldBe "echo hello\n"
                        honest.sendFarewell()
                    }
                    flood.await()
                }
            }
        }

    /** The JDK sends a "hello request", and negotiates when it reads. */
    private fun negotiateForEver(socket: Socket) {
        try {
            do {
                (socket as SSLSocket).startHandshake()
                socket.getOutputStream().write(1)
            } while (socket.getInputStream().read() >= 0)
        } catch (_: IOException) {
            // It was given up.
        }
    }
}
