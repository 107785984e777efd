package dev.tandem.samples.network

import dev.tandem.Future
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.streams.Protocol
import dev.tandem.streams.Transport
import dev.tandem.streams.createConnection
import dev.tandem.streams.createServer

/** The echo again, with transports and protocols: callbacks in place of tasks, and a future to wait for the end. */
suspend fun echoProtocolExample() {
    createServer(::Echo, "127.0.0.1", 0).use { server ->
        val lost = runningLoop().createFuture<Unit>()
        val (transport, _) = createConnection({ Question("Hello, World!", lost) }, "127.0.0.1", server.port)
        transport.use { lost.await() }
    }
}

private class Echo : Protocol {
    private lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
    }

    override fun dataReceived(data: ByteArray) {
        println("server: got ${data.decodeToString()}")
        transport.write(data)
        transport.close()
    }
}

private class Question(
    private val message: String,
    private val lost: Future<Unit>,
) : Protocol {
    override fun connectionMade(transport: Transport) {
        println("client: sends $message")
        transport.write(message.toByteArray())
    }

    override fun dataReceived(data: ByteArray) {
        println("client: got ${data.decodeToString()}")
    }

    override fun connectionLost(exception: Throwable?) {
        println("client: the server has closed the connection")
        lost.setResult(Unit)
    }
}

fun main() = runLoop { echoProtocolExample() }
