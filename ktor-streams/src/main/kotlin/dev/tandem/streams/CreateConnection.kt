package dev.tandem.streams

import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.ProtocolTransport
import dev.tandem.streams.internal.shakeHandsWithClient
import dev.tandem.streams.internal.takeOver
import java.net.InetSocketAddress
import java.nio.channels.SocketChannel
import java.nio.file.Path
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Connects to [port] of [host] and lets a protocol talk to the peer: the one that [protocolFactory] makes once the
 * connection is there. Returns when [BaseProtocol.connectionMade] was called.
 *
 * Connects as [openConnection] does, to one of several addresses, and with the same errors. What [protocolFactory] throws
 * is thrown.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `loop.create_connection`. Differs from
 * asyncio: several addresses are tried at a time unless that is switched off; there is a time limit for connecting.
 *
 * ```
 * val (transport, protocol) = createConnection(::Greeting, "127.0.0.1", 8888)
 * protocol.answer.await()
 * transport.close()
 * ```
 *
 * @param ssl null for plain TCP; `TlsOptions()` for TLS that trusts whom the JVM trusts
 * @param localAddress what the connection is to come from; port 0 leaves the port to the system
 * @param connectTimeout how long finding the address and connecting may take in all; null: as long as the system takes
 * @param happyEyeballsDelay how long an address may be silent before the next is tried, too; null tries them one after
 * the other
 */
public suspend fun <P : BaseProtocol> createConnection(
    protocolFactory: () -> P,
    host: String,
    port: Int,
    ssl: TlsOptions? = null,
    localAddress: InetSocketAddress? = null,
    connectTimeout: Duration? = null,
    happyEyeballsDelay: Duration? = 250.milliseconds,
): TransportPair<Transport, P> {
    val connection =
        openConnection(
            host,
            port,
            ssl,
            localAddress = localAddress,
            connectTimeout = connectTimeout,
            happyEyeballsDelay = happyEyeballsDelay,
        )
    return converse(connection.writer, protocolFactory)
}

/**
 * Connects to the Unix socket at [path]; otherwise as [createConnection], with the errors of [openUnixConnection].
 *
 * **Python.** `loop.create_unix_connection`.
 *
 * @param ssl with [TlsOptions.withServerName] or [TlsOptions.withoutHostNameVerification], since no certificate is made
 * out to a path
 * @param connectTimeout how long to wait while the server has more connections to accept than it keeps; null: no limit
 */
public suspend fun <P : BaseProtocol> createUnixConnection(
    protocolFactory: () -> P,
    path: Path,
    ssl: TlsOptions? = null,
    connectTimeout: Duration? = null,
): TransportPair<Transport, P> {
    val connection = openUnixConnection(path, ssl, connectTimeout = connectTimeout)
    return converse(connection.writer, protocolFactory)
}

/**
 * Lets a protocol talk to the peer that [socket] is connected to; otherwise as [createConnection]. [openConnection] with a
 * socket says what becomes of it, and what the parameters mean.
 *
 * **Python.** `loop.create_connection(sock=...)`.
 */
public suspend fun <P : BaseProtocol> createConnection(
    protocolFactory: () -> P,
    socket: SocketChannel,
    ssl: TlsOptions? = null,
): TransportPair<Transport, P> = converse(openConnection(socket, ssl).writer, protocolFactory)

/**
 * Lets a protocol talk to a peer that was accepted elsewhere, as [createServer] does with those it accepts itself. The
 * socket is the transport's from now on: it is closed with it, and if this fails.
 *
 * **Cancellation.** Closes the socket. **Threading.** In a task. **Python.** `loop.connect_accepted_socket`.
 *
 * ```
 * val (transport, protocol) = connectAcceptedSocket(::Echo, listening.accept())
 * ```
 *
 * @param socket of a `ServerSocketChannel` that somebody else accepts from
 * @param ssl the server's certificate and key; null for plain TCP
 * @throws IllegalArgumentException if [socket] is closed or not connected; it is left as it was.
 * @throws java.io.IOException if the peer has reset the connection, or TLS fails.
 * @see openConnection
 */
public suspend fun <P : BaseProtocol> connectAcceptedSocket(
    protocolFactory: () -> P,
    socket: SocketChannel,
    ssl: TlsOptions? = null,
): TransportPair<Transport, P> {
    val wire = takeOver(socket, LoopStreams.of(runningLoop()))
    val transport = if (ssl == null) wire else shakeHandsWithClient(wire, ssl)
    val reader = StreamReader(transport, StreamReader.DEFAULT_LIMIT)
    return converse(StreamWriter(transport, reader, isServerSide = true), protocolFactory)
}

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
