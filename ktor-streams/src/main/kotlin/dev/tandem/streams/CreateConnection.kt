package dev.tandem.streams

import dev.tandem.streams.internal.ProtocolTransport
import java.nio.file.Path

/**
 * Connects to [port] of [host] and lets a protocol talk to the peer: the one that [protocolFactory] makes once the
 * connection is there. Returns when [BaseProtocol.connectionMade] was called.
 *
 * Connects as [openConnection] does, with the same errors. What [protocolFactory] throws is thrown.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `loop.create_connection`.
 *
 * ```
 * val (transport, protocol) = createConnection(::Greeting, "127.0.0.1", 8888)
 * protocol.answer.await()
 * transport.close()
 * ```
 *
 * @param ssl null for plain TCP; `TlsOptions()` for TLS that trusts whom the JVM trusts
 */
public suspend fun <P : BaseProtocol> createConnection(
    protocolFactory: () -> P,
    host: String,
    port: Int,
    ssl: TlsOptions? = null,
): TransportPair<Transport, P> {
    val connection = openConnection(host, port, ssl)
    return converse(connection.writer, protocolFactory)
}

/**
 * Connects to the Unix socket at [path]; otherwise as [createConnection], with the errors of [openUnixConnection].
 *
 * **Python.** `loop.create_unix_connection`.
 */
public suspend fun <P : BaseProtocol> createUnixConnection(
    protocolFactory: () -> P,
    path: Path,
    ssl: TlsOptions? = null,
): TransportPair<Transport, P> = converse(openUnixConnection(path, ssl).writer, protocolFactory)

/** Has a protocol take over the stream that [writer] writes to, and closes the stream if that fails. */
internal suspend fun <P : BaseProtocol> converse(
    writer: StreamWriter,
    protocolFactory: () -> P,
): TransportPair<Transport, P> {
    try {
        val protocol = protocolFactory()
        val transport = ProtocolTransport(writer, protocol)
        transport.start().await()
        return TransportPair(transport, protocol)
    } catch (e: Throwable) {
        writer.abort()
        throw e
    }
}
