package dev.tandem.benchmarks

import dev.tandem.runLoop
import dev.tandem.streams.ConnectionResetException
import dev.tandem.streams.Server
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.TlsOptions
import dev.tandem.streams.TruncatedStreamException
import dev.tandem.streams.startServer
import java.nio.ByteBuffer
import kotlin.concurrent.thread

/** What is echoed in one piece at most. Netty's handler collects up to 1 MiB before it flushes. */
internal const val ECHO_BUFFER_SIZE: Int = 256 * 1024

/** Our streams with a suspending handler: one task per connection, all on one loop. */
internal fun echoWithKotlin(
    port: Int,
    ssl: TlsOptions? = null,
): Unit = runLoop { listenAndServe(startServer(LOOPBACK, port, ssl, handler = ::echo)) }

/** The same on two loops, to which one acceptor deals the connections out. */
internal fun echoWithKotlinOnTwoLoops(port: Int): Unit =
    runLoop { listenAndServe(startServer(LOOPBACK, port, loops = 2, handler = ::echo)) }

/** Two loops that listen each for itself: the system deals the connections out, by a hash of their addresses. */
internal fun echoWithKotlinOnASharedPort(port: Int): Unit =
    runLoop {
        val server = startServer(LOOPBACK, port, reusePort = true, handler = ::echo)
        thread(isDaemon = true) {
            runLoop { startServer(LOOPBACK, server.port, reusePort = true, handler = ::echo).serveForever() }
        }
        listenAndServe(server)
    }

private suspend fun listenAndServe(server: Server) {
    sayListening(server.port)
    server.serveForever()
}

private suspend fun echo(
    reader: StreamReader,
    writer: StreamWriter,
) {
    val buffer = ByteBuffer.allocateDirect(ECHO_BUFFER_SIZE)
    val work = EchoWork()
    try {
        while (reader.readInto(buffer) != -1) {
            work.on(buffer.flip())
            writer.write(buffer)
            writer.drain()
            buffer.clear()
        }
    } catch (_: ConnectionResetException) {
        // The peer is gone.
    } catch (_: TruncatedStreamException) {
        // The load generator does not say farewell.
    }
}
