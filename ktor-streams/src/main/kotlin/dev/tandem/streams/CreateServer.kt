package dev.tandem.streams

import java.io.IOException

/**
 * Listens on [port] of [host] and lets a protocol of its own talk to each peer, made by [protocolFactory]; returns when the
 * server listens.
 *
 * Listens as [startServer] does, with the same errors. What [protocolFactory] throws goes to the loop's exception handler;
 * that connection is closed, and the server goes on.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `loop.create_server`.
 *
 * ```
 * createServer(::Echo, "127.0.0.1", 8888).serveForever()
 * ```
 *
 * @param host a name or an address of this machine; null listens on all of them
 * @param port 0 lets the system choose: [Server.port] tells
 * @param ssl the server's certificate and key; null for plain TCP
 * @param backlog how many connections the system keeps for a server that is busy
 */
public suspend fun createServer(
    protocolFactory: () -> BaseProtocol,
    host: String?,
    port: Int,
    ssl: TlsOptions? = null,
    backlog: Int = 100,
): Server = startServer(host, port, ssl, backlog = backlog) { _, writer -> converseToTheEnd(writer, protocolFactory) }

/** Has a protocol take over an accepted connection, and ends with it. */
internal suspend fun converseToTheEnd(
    writer: StreamWriter,
    protocolFactory: () -> BaseProtocol,
) {
    converse(writer, protocolFactory)
    try {
        writer.waitClosed()
    } catch (_: IOException) {
        // The protocol was told.
    }
}
