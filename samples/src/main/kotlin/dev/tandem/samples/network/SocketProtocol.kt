package dev.tandem.samples.network

import dev.tandem.Future
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.streams.Protocol
import dev.tandem.streams.Transport
import dev.tandem.streams.createConnection
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

/** A protocol is told what arrives at a socket that something else has connected. */
suspend fun socketProtocolExample() {
    val listening = ServerSocketChannel.open().bind(InetSocketAddress("127.0.0.1", 0))
    val (receiving, sending) = listening.use { SocketChannel.open(it.localAddress) to it.accept() }
    val lost = runningLoop().createFuture<Unit>()
    createConnection({ Receiver(lost) }, receiving)
    runningLoop().callSoon { sending.write(ByteBuffer.wrap("abc".toByteArray())) }
    lost.await()
    sending.close()
}

private class Receiver(
    private val lost: Future<Unit>,
) : Protocol {
    private lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
    }

    override fun dataReceived(data: ByteArray) {
        println("received: ${data.decodeToString()}")
        transport.close()
    }

    override fun connectionLost(exception: Throwable?) {
        println("closed")
        lost.setResult(Unit)
    }
}

fun main() = runLoop { socketProtocolExample() }
