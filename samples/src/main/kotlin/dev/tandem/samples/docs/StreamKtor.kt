package dev.tandem.samples.docs

import dev.tandem.streams.asKtorSocket
import dev.tandem.streams.ktorSocket
import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import io.ktor.network.sockets.awaitClosed
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.readLine
import io.ktor.utils.io.writeStringUtf8

/** The example of `docs/streams.md`; a test compares what it prints with the comment in it. */
suspend fun ktorsChannels() {
    // region ktor
    val server =
        startServer("127.0.0.1", 0) { reader, writer ->
            val socket = ktorSocket(reader, writer)
            val output = socket.openWriteChannel()
            output.writeStringUtf8("hello, ${socket.openReadChannel().readLine()}\n")
            output.flushAndClose()
            socket.awaitClosed()
        }
    openConnection("127.0.0.1", server.port).asKtorSocket().use { socket ->
        socket.openWriteChannel(autoFlush = true).writeStringUtf8("Ktor\n")
        println(socket.openReadChannel().readLine())
    }
    server.close()
    server.waitClosed()
    // hello, Ktor
    // endregion
}
