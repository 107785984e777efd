package dev.tandem.streams

import dev.tandem.streams.internal.KtorSocket
import io.ktor.network.sockets.Socket

/**
 * Returns this connection as a socket of Ktor, for code that wants Ktor's channels: `openReadChannel`,
 * `openWriteChannel`. TLS and Unix sockets included. Do not use the connection itself any more.
 *
 * What moves the bytes runs on the loop, so a ping-pong changes no thread (Ktor's own sockets do, several times). What is
 * buffered in the reader comes first. Ktor's own rules hold for the rest:
 *
 *  - closing the write channel sends all of it, then the end of the stream (not with TLS, which closes both ways at once);
 *  - cancelling the write channel resets the connection, since a part may be missing;
 *  - `close()` reads no more, sends what was written, then closes; so does the end of both channels;
 *  - cancelling the socket's scope drops what was not sent yet;
 *  - `awaitClosed()` waits until the connection is gone.
 *
 * A cancelled `readFully` of a Ktor channel has consumed what it got so far: [StreamReader] is the safer one there.
 *
 * **Threading.** Loop thread only; the socket's `close` and its job's `cancel`, any thread. **Python.** Nothing alike.
 *
 * ```
 * openConnection("127.0.0.1", 6379).asKtorSocket().use { socket ->
 *     val input = socket.openReadChannel()
 *     val output = socket.openWriteChannel(autoFlush = true)
 *     output.writeStringUtf8("PING\r\n")
 *     println(input.readUTF8Line())
 * }
 * ```
 */
public fun Connection.asKtorSocket(): Socket = ktorSocket(reader, writer)

/** Returns a socket of Ktor over the two ends that a handler of [startServer] has; see [asKtorSocket]. */
public fun ktorSocket(
    reader: StreamReader,
    writer: StreamWriter,
): Socket {
    require(reader.source === writer.transport) { "$reader and $writer are not the ends of one stream." }
    return KtorSocket(reader, writer)
}
