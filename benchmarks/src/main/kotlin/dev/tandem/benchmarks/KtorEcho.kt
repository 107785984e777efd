package dev.tandem.benchmarks

import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.readAvailable
import io.ktor.utils.io.writeFully
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.IOException

/** Ktor's raw sockets as its documentation uses them: one coroutine per connection. Ktor sets `TCP_NODELAY` itself. */
internal fun echoWithKtor(port: Int): Unit =
    runBlocking {
        val server = aSocket(SelectorManager(Dispatchers.IO)).tcp().bind(LOOPBACK, port)
        sayListening((server.localAddress as InetSocketAddress).port)
        while (true) {
            val socket = server.accept()
            launch { echo(socket) }
        }
    }

private suspend fun echo(socket: Socket) {
    val buffer = ByteArray(64 * 1024)
    try {
        val input = socket.openReadChannel()
        val output = socket.openWriteChannel(autoFlush = false)
        while (true) {
            val count = input.readAvailable(buffer)
            if (count == -1) break
            output.writeFully(buffer, 0, count)
            output.flush()
        }
    } catch (_: IOException) {
        // The peer is gone.
    } finally {
        socket.close()
    }
}
