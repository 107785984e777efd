package dev.tandem.samples.network

import dev.tandem.Future
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.streams.DatagramProtocol
import dev.tandem.streams.DatagramTransport
import dev.tandem.streams.createDatagramEndpoint
import java.io.IOException
import java.net.InetSocketAddress

/** The echo over UDP: protocols that get datagrams, each with the address it came from. */
suspend fun echoDatagramsExample() {
    val (server, _) = createDatagramEndpoint(::DatagramEcho, localAddress = InetSocketAddress("127.0.0.1", 0))
    server.use {
        val closed = runningLoop().createFuture<Unit>()
        createDatagramEndpoint({ DatagramQuestion("Hello, World!", closed) }, remoteAddress = server.localAddress)
        closed.await()
    }
}

private class DatagramEcho : DatagramProtocol {
    private lateinit var transport: DatagramTransport

    override fun connectionMade(transport: DatagramTransport) {
        this.transport = transport
    }

    override fun datagramReceived(
        data: ByteArray,
        address: InetSocketAddress,
    ) {
        println("server: got ${data.decodeToString()}")
        transport.sendTo(data, address)
    }
}

private class DatagramQuestion(
    private val message: String,
    private val closed: Future<Unit>,
) : DatagramProtocol {
    private lateinit var transport: DatagramTransport

    override fun connectionMade(transport: DatagramTransport) {
        this.transport = transport
        println("client: sends $message")
        transport.sendTo(message.toByteArray())
    }

    override fun datagramReceived(
        data: ByteArray,
        address: InetSocketAddress,
    ) {
        println("client: got ${data.decodeToString()}")
        transport.close()
    }

    override fun errorReceived(exception: IOException) = println("client: $exception")

    override fun connectionLost(exception: Throwable?) {
        println("client: closed")
        closed.setResult(Unit)
    }
}

fun main() = runLoop { echoDatagramsExample() }
