package dev.tandem.samples.network

import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.streams.openConnection
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

/** A socket that something else has connected is waited for, and read, as a stream. */
suspend fun socketStreamsExample() {
    val listening = ServerSocketChannel.open().bind(InetSocketAddress("127.0.0.1", 0))
    val (receiving, sending) = listening.use { SocketChannel.open(it.localAddress) to it.accept() }
    openConnection(receiving).use { (reader, _) ->
        runningLoop().callSoon { sending.write(ByteBuffer.wrap("abc".toByteArray())) }
        val message = reader.read(100)
        println("received: ${message.decodeToString()}")
    }
    sending.close()
}

fun main() = runLoop { socketStreamsExample() }
