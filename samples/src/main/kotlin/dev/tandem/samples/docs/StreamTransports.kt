package dev.tandem.samples.docs

import dev.tandem.Future
import dev.tandem.runningLoop
import dev.tandem.streams.DatagramProtocol
import dev.tandem.streams.DatagramTransport
import dev.tandem.streams.Protocol
import dev.tandem.streams.Transport
import dev.tandem.streams.createConnection
import dev.tandem.streams.createDatagramEndpoint
import dev.tandem.streams.createServer
import java.net.InetSocketAddress

// region protocol
class Echo : Protocol {
    private lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
    }

    override fun dataReceived(data: ByteArray) = transport.write(data)

    override fun pauseWriting() = transport.pauseReading() // the peer does not read: take no more from it

    override fun resumeWriting() = transport.resumeReading()
}

class FirstAnswer : Protocol {
    val answer: Future<String> = runningLoop().createFuture()

    override fun connectionMade(transport: Transport) = transport.write("hello".toByteArray())

    override fun dataReceived(data: ByteArray) {
        answer.complete(data.decodeToString())
    }

    override fun connectionLost(exception: Throwable?) = println("lost: $exception")
}
// endregion

/** The examples of `docs/streams.md`; a test compares what they print with the comments in them. */
suspend fun protocols() {
    // region connection
    createServer(::Echo, "127.0.0.1", 0).use { server ->
        val (transport, protocol) = createConnection(::FirstAnswer, "127.0.0.1", server.port)
        println(protocol.answer.await()) // from callbacks to a task: a future
        transport.close()
        server.close()
        server.waitClosed()
    }
    // hello
    // lost: null
    // endregion
}

// region datagram-protocol
class Clock : DatagramProtocol {
    private lateinit var transport: DatagramTransport

    override fun connectionMade(transport: DatagramTransport) {
        this.transport = transport
    }

    override fun datagramReceived(
        data: ByteArray,
        address: InetSocketAddress,
    ) = transport.sendTo("noon".toByteArray(), address)
}

class Asking : DatagramProtocol {
    val answer: Future<String> = runningLoop().createFuture()

    override fun datagramReceived(
        data: ByteArray,
        address: InetSocketAddress,
    ) {
        answer.complete(data.decodeToString())
    }
}
// endregion

suspend fun datagramProtocols() {
    // region datagram
    val (clock, _) = createDatagramEndpoint(::Clock, InetSocketAddress("127.0.0.1", 0))
    val (transport, protocol) = createDatagramEndpoint(::Asking, remoteAddress = clock.localAddress)
    transport.sendTo("what time is it?".toByteArray())
    println(protocol.answer.await())
    transport.close()
    clock.close()
    // noon
    // endregion
}
