package dev.tandem.streams

import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.TlsTransport
import dev.tandem.streams.internal.connectToAny
import dev.tandem.streams.internal.peerName
import dev.tandem.streams.internal.resolve

/**
 * Connects to [port] of [host] and returns the two ends of the stream.
 *
 * A name is resolved on a thread of the loop's pool; of several addresses the first that accepts is taken. With [ssl],
 * the TLS handshake is part of the call, and the connection is the verified peer's or none at all.
 *
 * **Cancellation.** Whether it comes while the name is resolved, while connecting or in the handshake: no socket stays
 * open. **Threading.** In a task. **Python.** `asyncio.open_connection`.
 *
 * ```
 * openConnection("example.org", 80).use { (reader, writer) ->
 *     writer.write("HEAD / HTTP/1.0\r\nHost: example.org\r\n\r\n".toByteArray())
 *     println(reader.readLine().decodeToString())
 * }
 * ```
 *
 * @param ssl null for plain TCP; `TlsOptions()` for TLS that trusts whom the JVM trusts
 * @param limit the [StreamReader.limit]
 * @throws java.net.UnknownHostException if [host] is not known.
 * @throws java.net.ConnectException if no address could be connected to; the message names each with its reason.
 * @throws CertificateVerificationException if the peer's certificate is expired, not trusted, or made out to another.
 * @throws NotTlsException if the peer does not speak TLS.
 * @throws java.net.SocketTimeoutException if the handshake took longer than the options allow.
 * @throws javax.net.ssl.SSLHandshakeException if it failed for another reason.
 */
public suspend fun openConnection(
    host: String,
    port: Int,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
): Connection {
    StreamReader.checkLimit(limit)
    require(port in 0..0xFFFF) { "A port is between 0 and 65535, not $port." }
    val loop = runningLoop()
    val peer = peerName(host, port)
    val wire = connectToAny(resolve(loop, host, peer), port, peer, LoopStreams.of(loop))
    val transport = if (ssl == null) wire else TlsTransport.toServer(wire, ssl, host)
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
    /** [reader]. */
    public operator fun component1(): StreamReader = reader

    /** [writer]. */
    public operator fun component2(): StreamWriter = writer

    /** Closes the writer and with it the stream; see [StreamWriter.close]. */
    override fun close() {
        writer.close()
    }

    override fun toString(): String = "Connection(${writer.describe()})"
}
