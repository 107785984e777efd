package dev.tandem.samples.network

import dev.tandem.runLoop
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer

/** A server and a client that talk through streams: the server sends back what it gets. */
suspend fun echoStreamsExample() {
    startServer("127.0.0.1", 0, handler = ::echo).use { server ->
        ask(server.port, "Hello, World!")
    }
}

private suspend fun echo(
    reader: StreamReader,
    writer: StreamWriter,
) {
    val message = reader.read(100)
    println("server: got ${message.decodeToString()}")
    writer.write(message)
    writer.drain()
}

private suspend fun ask(
    port: Int,
    message: String,
) {
    openConnection("127.0.0.1", port).use { (reader, writer) ->
        println("client: sends $message")
        writer.write(message.toByteArray())
        writer.drain()
        val answer = reader.read(100)
        println("client: got ${answer.decodeToString()}")
    }
}

fun main() = runLoop { echoStreamsExample() }
