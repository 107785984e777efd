package dev.tandem.benchmarks

import dev.tandem.runLoop
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.startServer
import java.nio.ByteBuffer

/** Our streams with a suspending handler: one task per connection, all on one loop. */
internal fun echoWithKotlin(port: Int): Unit =
    runLoop {
        val server = startServer(LOOPBACK, port, handler = ::echo)
        sayListening(server.port)
        server.serveForever()
    }

private suspend fun echo(
    reader: StreamReader,
    writer: StreamWriter,
) {
    val buffer = ByteBuffer.allocateDirect(64 * 1024)
    try {
        while (reader.readInto(buffer) != -1) {
            writer.write(buffer.flip())
            writer.drain()
            buffer.clear()
        }
    } catch (_: ConnectionResetException) {
        // The peer is gone.
    }
}
