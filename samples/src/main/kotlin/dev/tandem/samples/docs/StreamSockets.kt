package dev.tandem.samples.docs

import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import java.net.InetSocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel

/** The example of `docs/streams.md`; a test compares what it prints with the comment in it. */
suspend fun socketsMadeElsewhere() {
    // region sockets
    val bound = ServerSocketChannel.open().bind(InetSocketAddress("127.0.0.1", 0))
    startServer(bound) { reader, writer -> writer.write(reader.readLine()) }.use { server ->
        val address = server.localAddresses.first()
        val connected = SocketChannel.open(address) // blocks, as what others do may
        openConnection(connected).use { (reader, writer) ->
            writer.write("hello\n".toByteArray())
            println(reader.readLine().decodeToString().trim())
        }
    }
    println("open: ${bound.isOpen}") // closed with the server, as the other is with the connection
    // hello, open: false
    // endregion
}
