package dev.tandem.streams

import dev.tandem.ExceptionHandler
import dev.tandem.runningLoop
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.io.IOException
import java.net.InetSocketAddress

/** What is called when; the lists are those that the same programs print under CPython 3.13. */
class DatagramTransportTest {
    private val events = ArrayList<String>()

    @Test
    fun datagramsArriveBetweenConnectionMadeAndConnectionLost() =
        streamTest {
            val (transport, protocol) = createDatagramEndpoint({ DatagramRecorder() }, onLoopback())
            events += "open"
            transport.sendTo("self".toByteArray(), transport.localAddress)
            passUntil { events.size == 3 }
            transport.close()
            transport.close()
            events += "closed ${transport.isClosing()}"
            protocol.lost.await()
            events shouldBe
                listOf("connectionMade", "open", "datagramReceived self", "closed true", "connectionLost null")
        }

    @Test
    fun refusedDatagramsAreToldAndTheSocketStaysOpen() =
        streamTest {
            val nobody = openDatagramEndpoint(onLoopback()).use { it.localAddress }
            val (transport, protocol) = createDatagramEndpoint({ DatagramRecorder() }, remoteAddress = nobody)
            transport.sendTo("a".toByteArray())
            passUntil { events.size == 2 }
            shouldThrow<IllegalArgumentException> { transport.sendTo("x".toByteArray(), transport.localAddress) }
            transport.isClosing() shouldBe false
            transport.abort()
            transport.abort()
            transport.sendTo("dropped".toByteArray())
            protocol.lost.await()
            events shouldBe listOf("connectionMade", "errorReceived PortUnreachableException", "connectionLost null")
        }

    @Test
    fun whatTheSystemRefusesToSendIsToldAtOnce() =
        streamTest {
            val (transport, protocol) = createDatagramEndpoint({ DatagramRecorder() }, onLoopback())
            transport.sendTo(ByteArray(65_520), transport.localAddress)
            events shouldBe listOf("connectionMade", "errorReceived SocketException")
            shouldThrow<IllegalStateException> { transport.sendTo(ByteArray(1)) }
            shouldThrow<IllegalArgumentException> { transport.sendTo(ByteArray(70_000), transport.localAddress) }
            val name = InetSocketAddress.createUnresolved("localhost", 1)
            shouldThrow<IllegalArgumentException> { transport.sendTo(ByteArray(1), name) }
            shouldThrow<IllegalArgumentException> { transport.sendTo(ByteArray(1), InetSocketAddress("::1", 1)) }
            transport.close()
            protocol.lost.await()
        }

    @Test
    fun anExceptionOfDatagramReceivedIsReportedAndTheSocketStaysOpen() =
        streamTest {
            runningLoop().exceptionHandler = ExceptionHandler { _, context -> events += "handler ${context.exception}" }
            val failing =
                object : DatagramRecorder() {
                    override fun datagramReceived(
                        data: ByteArray,
                        address: InetSocketAddress,
                    ) {
                        super.datagramReceived(data, address)
                        if (data.text() == "bad") throw IllegalStateException("boom")
                    }
                }
            val (transport, protocol) = createDatagramEndpoint({ failing }, onLoopback())
            transport.sendTo("bad".toByteArray(), transport.localAddress)
            transport.sendTo("good".toByteArray(), transport.localAddress)
            passUntil { events.size == 4 }
            events.drop(1) shouldBe
                listOf(
                    "datagramReceived bad",
                    "handler java.lang.IllegalStateException: boom",
                    "datagramReceived good",
                )
            transport.close()
            protocol.lost.await()
        }

    @Test
    fun protocolsAndEndpointsTalk() =
        streamTest {
            val echo =
                object : DatagramRecorder() {
                    override fun datagramReceived(
                        data: ByteArray,
                        address: InetSocketAddress,
                    ) = transport.sendTo(data, address)
                }
            val (transport, protocol) = createDatagramEndpoint({ echo }, onLoopback(), broadcast = true)
            transport.broadcast shouldBe true
            openDatagramEndpoint(remoteAddress = transport.localAddress).use { endpoint ->
                endpoint.send("echo".toByteArray())
                endpoint.receive().data.text() shouldBe "echo"
            }
            transport.close()
            protocol.lost.await()
        }

    @Test
    fun anExceptionOfErrorReceivedIsReportedAndSpoilsNoCall() =
        streamTest {
            val loop = runningLoop()
            loop.exceptionHandler =
                ExceptionHandler { _, context -> events += "reported ${context.exception?.message}" }
            val failing =
                object : DatagramRecorder() {
                    override fun errorReceived(exception: IOException) = throw IllegalStateException("boom")
                }
            val (transport, protocol) = createDatagramEndpoint({ failing }, onLoopback())
            transport.sendTo(ByteArray(65_520), transport.localAddress)
            transport.isClosing() shouldBe false
            transport.close()
            protocol.lost.await()
            events shouldBe listOf("connectionMade", "reported boom", "connectionLost null")
        }

    @Test
    fun aFactoryThatFailsLeavesNoSocket() =
        streamTest {
            shouldThrow<IllegalArgumentException> {
                createDatagramEndpoint<DatagramProtocol>({ throw IllegalArgumentException("no") }, onLoopback())
            }
        }

    private fun onLoopback() = InetSocketAddress(LOOPBACK, 0)

    private open inner class DatagramRecorder : DatagramProtocol {
        val lost = runningLoop().createFuture<Unit>()
        lateinit var transport: DatagramTransport

        override fun connectionMade(transport: DatagramTransport) {
            this.transport = transport
            events += "connectionMade"
        }

        override fun datagramReceived(
            data: ByteArray,
            address: InetSocketAddress,
        ) {
            events += "datagramReceived ${data.text()}"
        }

        override fun errorReceived(exception: IOException) {
            events += "errorReceived ${exception.javaClass.simpleName}"
        }

        override fun connectionLost(exception: Throwable?) {
            events += "connectionLost $exception"
            lost.complete(Unit)
        }
    }
}
