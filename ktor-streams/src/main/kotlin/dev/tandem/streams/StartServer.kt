package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.Future
import dev.tandem.Task
import dev.tandem.runningLoop
import dev.tandem.shield
import dev.tandem.streams.internal.Acceptor
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.SocketTransport
import dev.tandem.streams.internal.StreamTransport
import dev.tandem.streams.internal.TlsTransport
import dev.tandem.streams.internal.listenOn
import java.io.IOException
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.nio.channels.ServerSocketChannel

/**
 * Listens on [port] of [host] and runs [handler] for each connection, as a task of its own; returns when the server
 * listens.
 *
 * The connection is closed when its handler ends. What the handler throws goes to the loop's exception handler, and
 * the server goes on; so it does when the system cannot accept a connection: that is reported, and tried again a
 * second later. A server that is still open when the loop is closed is closed with it.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `asyncio.start_server`. Differs from
 * asyncio: a handler that returns closes its connection.
 *
 * ```
 * val server = startServer("localhost", 8888) { reader, writer ->
 *     while (true) {
 *         val line = reader.readLine()
 *         if (line.isEmpty()) break
 *         writer.write(line)
 *         writer.drain()
 *     }
 * }
 * server.serveForever()
 * ```
 *
 * @param host a name or an address of this machine; null listens on all of them
 * @param port 0 lets the system choose: [Server.port] tells
 * @param ssl the server's certificate and key; null for plain TCP
 * @param limit the [StreamReader.limit] of each connection
 * @param backlog how many connections the system keeps for a server that is busy
 * @throws java.net.BindException if the port is taken, or the address is not this machine's.
 * @throws java.net.UnknownHostException if [host] is not known.
 */
public suspend fun startServer(
    host: String?,
    port: Int,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    backlog: Int = 100,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
): Server {
    StreamReader.checkLimit(limit)
    require(port in 0..0xFFFF) { "A port is between 0 and 65535, not $port." }
    val loop = runningLoop()
    val channels = listenOn(host, port, backlog, loop)
    return Server(loop, channels, backlog) { connection -> serve(connection, ssl, limit, handler) }
}

/**
 * A listening server, made by [startServer]. [close] it, or let [serveForever] do so.
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.Server`.
 */
public class Server internal constructor(
    private val loop: EventLoop,
    channels: List<ServerSocketChannel>,
    backlog: Int,
    private val serve: suspend (ServerConnection) -> Unit,
) : AutoCloseable {
    private val streams = LoopStreams.of(loop)
    private val acceptors = channels.map { Acceptor(streams, it, backlog, ::start) }
    private var connections = 0
    private var isOpen = true
    private var serving: Future<Unit>? = null

    /** Done when the server is closed and all connections are gone. */
    private val gone: Future<Unit> = loop.createFuture()

    /** The addresses listened on, also of a server that was closed. */
    public val localAddresses: List<SocketAddress> = channels.map { it.localAddress }

    /** The port of the first address: the one the system chose, if it was asked to. */
    public val port: Int get() = (localAddresses.first() as InetSocketAddress).port

    /** The sockets listened on; none once the server is closed. */
    public val sockets: List<ServerSocketChannel> get() = if (isOpen) acceptors.map { it.channel } else emptyList()

    init {
        streams.add(this)
        acceptors.forEach { it.resume() }
    }

    /** Returns whether the server accepts connections. */
    public fun isServing(): Boolean = isOpen

    /**
     * Waits until the task is cancelled, then closes the server and waits as [waitClosed] does; [close] from elsewhere
     * cancels the wait.
     *
     * @throws IllegalStateException if the server is closed, or another task is here already.
     */
    public suspend fun serveForever() {
        check(isOpen) { "$this cannot serve any more." }
        check(serving == null) { "serveForever() of $this is being awaited already." }
        val cancelled = loop.createFuture<Unit>()
        serving = cancelled
        try {
            cancelled.await()
        } catch (e: CancelledException) {
            close()
            waitClosed()
            throw e
        } finally {
            serving = null
        }
    }

    /** Stops listening. Connections that are open stay so, and their handlers go on. */
    override fun close() {
        if (!isOpen) return
        isOpen = false
        acceptors.forEach { it.close() }
        streams.remove(this)
        serving?.cancel()
        finishIfGone()
    }

    /** Waits until the server is closed **and** all of its connections are. **Python.** As since 3.12. */
    public suspend fun waitClosed() {
        if (!gone.done()) shield(gone).await()
    }

    override fun toString(): String =
        "Server(${localAddresses.joinToString()}, ${if (isOpen) "open" else "closed"}, $connections connections)"

    private fun start(wire: SocketTransport) {
        connections++
        val connection = ServerConnection(wire)
        wire.onClosed {
            connections--
            finishIfGone()
        }
        val task = loop.createTask("connection from ${wire.peer}") { serve(connection) }
        task.addDoneCallback { end(task, connection) }
    }

    private fun end(
        task: Task<Unit>,
        connection: ServerConnection,
    ) {
        val failure = if (task.cancelled()) null else task.exception()
        connection.transport.close()
        if (failure == null) return
        val message = "The handler of the connection from ${connection.transport.peer} failed"
        loop.callExceptionHandler(ExceptionContext(message, failure, task))
    }

    private fun finishIfGone() {
        if (!isOpen && connections == 0) gone.complete(Unit)
    }
}

/** A connection that was accepted; [transport] is the socket, then TLS over it once the peers have shaken hands. */
internal class ServerConnection(
    val wire: SocketTransport,
) {
    var transport: StreamTransport = wire
}

private suspend fun serve(
    connection: ServerConnection,
    ssl: TlsOptions?,
    limit: Int,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
) {
    if (ssl != null) {
        try {
            connection.transport = TlsTransport.toClient(connection.wire, ssl)
        } catch (e: IOException) {
            // Whoever probes a port should not fill the log; the client knows what went wrong.
            val loop = connection.wire.loop
            if (loop.debug) loop.callExceptionHandler(ExceptionContext("A connection was refused", e))
            return
        }
    }
    val transport = connection.transport
    handler(StreamReader(transport, limit), StreamWriter(transport))
}
