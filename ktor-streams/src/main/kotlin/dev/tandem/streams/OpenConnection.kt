package dev.tandem.streams

import dev.tandem.EventLoop
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.checkNamed
import dev.tandem.streams.internal.connectToAny
import dev.tandem.streams.internal.connectToPath
import dev.tandem.streams.internal.connectWithin
import dev.tandem.streams.internal.peerName
import dev.tandem.streams.internal.resolve
import dev.tandem.streams.internal.shakeHandsWithServer
import dev.tandem.streams.internal.takeOver
import java.net.InetSocketAddress
import java.nio.channels.SocketChannel
import java.nio.file.Path
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/**
 * Connects to [port] of [host] and returns the two ends of the stream.
 *
 * A name is resolved on a thread of the loop's pool. Of several addresses the first that accepts is taken, as RFC 8305
 * (Happy Eyeballs) says: IPv6 and IPv4 take turns, beginning with what the JVM puts first, and an address that has not
 * answered within [happyEyeballsDelay] gets company by the next, so that a dead one costs that much and no more. With
 * [ssl], the TLS handshake is part of the call, and the connection is the verified peer's or none at all.
 *
 * **Cancellation.** Whether it comes while the name is resolved, while connecting or in the handshake: no socket stays
 * open. **Threading.** In a task. **Python.** `asyncio.open_connection`. Differs from asyncio: several addresses are
 * tried at a time unless that is switched off; there is a time limit for connecting.
 *
 * ```
 * openConnection("example.org", 80, connectTimeout = 5.seconds).use { (reader, writer) ->
 *     writer.write("HEAD / HTTP/1.0\r\nHost: example.org\r\n\r\n".toByteArray())
 *     println(reader.readLine().decodeToString())
 * }
 * ```
 *
 * @param ssl null for plain TCP; `TlsOptions()` for TLS that trusts whom the JVM trusts
 * @param limit the [StreamReader.limit]
 * @param localAddress what the connection is to come from; port 0 leaves the port to the system. An unresolved address
 * is looked up as [host] is. Peers of the other family cannot be connected to from there
 * @param connectTimeout how long finding the address and connecting may take in all; null waits as long as the system
 * does, which is minutes. A handshake has its own limit, [TlsOptions.withHandshakeTimeout]
 * @param happyEyeballsDelay how long an address may be silent before the next is tried, too; null tries them one after
 * the other
 * @throws java.net.UnknownHostException if [host] is not known.
 * @throws java.net.ConnectException if no address could be connected to; the message names each with its reason.
 * @throws java.net.SocketTimeoutException if [connectTimeout] has passed, or the limit of the handshake.
 * @throws CertificateVerificationException if the peer's certificate is expired, not trusted, or made out to another.
 * @throws PemException if a file of the options cannot be used.
 * @throws NotTlsException if the peer does not speak TLS.
 * @throws javax.net.ssl.SSLHandshakeException if the handshake failed for another reason.
 * @see openUnixConnection
 */
public suspend fun openConnection(
    host: String,
    port: Int,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    localAddress: InetSocketAddress? = null,
    connectTimeout: Duration? = null,
    happyEyeballsDelay: Duration? = 250.milliseconds,
): Connection {
    StreamReader.checkLimit(limit)
    require(port in 0..0xFFFF) { "A port is between 0 and 65535, not $port." }
    checkConnectTimeout(connectTimeout)
    require(happyEyeballsDelay?.isNegative() != true) { "happyEyeballsDelay is negative: $happyEyeballsDelay." }
    val loop = runningLoop()
    val peer = peerName(host, port)
    ssl?.prepare(loop, isServer = false)
    val wire =
        connectWithin(connectTimeout, peer) {
            val local = localAddress?.let { resolveLocal(loop, it) }.orEmpty()
            val addresses = resolve(loop, host, peer)
            connectToAny(addresses, port, peer, LoopStreams.of(loop), local, happyEyeballsDelay)
        }
    val transport = if (ssl == null) wire else shakeHandsWithServer(wire, ssl, host)
    return Connection(StreamReader(transport, limit), StreamWriter(transport))
}

/**
 * Connects to the Unix socket [path], whose server runs on this machine; otherwise as [openConnection].
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `asyncio.open_unix_connection`. There
 * are no sockets in the abstract namespace of Linux, which the JDK lacks.
 *
 * ```
 * openUnixConnection(Path.of("/run/app.sock")).use { (reader, writer) ->
 *     writer.write("status\n".toByteArray())
 *     println(reader.readLine().decodeToString())
 * }
 * ```
 *
 * @param path of 100 bytes or so at most: systems allow no more
 * @param ssl with [TlsOptions.withServerName] or [TlsOptions.withoutHostNameVerification], since no certificate is made
 * out to a path
 * @param connectTimeout how long to wait while the server has more connections to accept than it keeps; null: no limit
 * @throws java.nio.file.NoSuchFileException if there is no such file.
 * @throws java.nio.file.AccessDeniedException if this process may not write to it.
 * @throws java.net.ConnectException if nobody listens on it, or it is no socket.
 * @throws java.net.SocketTimeoutException if [connectTimeout] has passed, or the limit of the handshake.
 * @throws IllegalArgumentException if [path] is too long for a socket.
 * @throws UnsupportedOperationException if the system has no Unix sockets.
 * @see startUnixServer
 */
public suspend fun openUnixConnection(
    path: Path,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    connectTimeout: Duration? = null,
): Connection {
    StreamReader.checkLimit(limit)
    checkConnectTimeout(connectTimeout)
    checkNamed(ssl, path.toString())
    val streams = LoopStreams.of(runningLoop())
    val wire = connectWithin(connectTimeout, path.toString()) { connectToPath(path, streams) }
    val transport = if (ssl == null) wire else shakeHandsWithServer(wire, ssl, "")
    return Connection(StreamReader(transport, limit), StreamWriter(transport))
}

/**
 * Returns the two ends of the stream that [socket] carries: one that is connected, to a TCP or a Unix socket, or that
 * was accepted.
 *
 * The socket is the stream's from now on: it is put into non-blocking mode, closed with the stream, and closed if this
 * fails. Nobody else may read it, write to it or close it. A `java.net.Socket` can be given as its `channel`, if it was
 * made by a `SocketChannel`; others have none.
 *
 * **Cancellation.** Closes the socket. **Threading.** In a task. **Python.** `asyncio.open_connection(sock=...)`.
 *
 * ```
 * val accepted = listening.accept() // a ServerSocketChannel of somebody else's
 * openConnection(accepted).use { (reader, writer) ->
 *     writer.startTls(options, serverSide = true) // should this be the server's side of TLS
 *     writer.write(reader.readLine())
 * }
 * ```
 *
 * @param ssl to be the client of TLS over it, with [TlsOptions.withServerName] or
 * [TlsOptions.withoutHostNameVerification], since a socket does not tell whose certificate to expect
 * @param limit the [StreamReader.limit]
 * @throws IllegalArgumentException if [socket] is closed or not connected; it is left as it was.
 * @throws java.io.IOException if the peer has reset the connection, or as the overload with a host if TLS fails.
 * @see connectAcceptedSocket
 */
public suspend fun openConnection(
    socket: SocketChannel,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
): Connection {
    StreamReader.checkLimit(limit)
    checkNamed(ssl, "a socket")
    val wire = takeOver(socket, LoopStreams.of(runningLoop()))
    val transport = if (ssl == null) wire else shakeHandsWithServer(wire, ssl, "")
    return Connection(StreamReader(transport, limit), StreamWriter(transport))
}

/**
 * The two ends of one stream. `val (reader, writer) = openConnection(...)` takes it apart, `use` closes it.
 *
 * **Python.** The pair that `asyncio.open_connection` returns.
 */
public class Connection internal constructor(
    /** The receiving end. */
    public val reader: StreamReader,
    /** The sending end, which also closes the stream. */
    public val writer: StreamWriter,
) : AutoCloseable {
    init {
        writer.reader = reader
    }

    /** [reader]. */
    public operator fun component1(): StreamReader = reader

    /** [writer]. */
    public operator fun component2(): StreamWriter = writer

    /** Turns the connection into a TLS one; see [StreamWriter.startTls]. */
    public suspend fun startTls(
        options: TlsOptions,
        serverName: String? = null,
    ) {
        writer.startTls(options, serverName)
    }

    /** Closes the writer and with it the stream; see [StreamWriter.close]. */
    override fun close() {
        writer.close()
    }

    override fun toString(): String = "Connection(${writer.describe()})"
}

private fun checkConnectTimeout(limit: Duration?) {
    require(limit == null || limit.isPositive()) { "connectTimeout must be positive, not $limit. null: no limit." }
}

private suspend fun resolveLocal(
    loop: EventLoop,
    address: InetSocketAddress,
): List<InetSocketAddress> {
    if (!address.isUnresolved) return listOf(address)
    val name = "the local address ${peerName(address.hostString, address.port)}"
    return resolve(loop, address.hostString, name).map { InetSocketAddress(it, address.port) }
}
