package dev.tandem.streams.internal

import dev.tandem.ExceptionContext
import dev.tandem.runningLoop
import dev.tandem.streams.Server
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import dev.tandem.streams.TlsOptions
import java.io.IOException
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermission
import java.util.concurrent.ThreadFactory

/** What is the same for servers of every kind of socket. */
internal class ServerSettings(
    val ssl: TlsOptions?,
    val limit: Int,
    val backlog: Int,
    val keepAlive: Boolean,
    val startServing: Boolean,
    val loops: Int,
    /** Makes the threads of the loops besides the first; Java's carriers ask for threads of their kind. */
    val loopThreads: ThreadFactory = ThreadFactory { Thread(it).apply { isDaemon = true } },
) {
    init {
        StreamReader.checkLimit(limit)
        require(backlog > 0) { "The backlog of a server must be positive, not $backlog." }
        require(loops > 0) { "A server needs at least one loop, not $loops." }
    }

    companion object {
        /** asyncio's, and what stands for it where the socket was bound by somebody else. */
        const val BACKLOG = 100
    }
}

/** What serves one connection. */
internal typealias Handler = suspend (StreamReader, StreamWriter) -> Unit

internal suspend fun startTcpServer(
    hosts: List<String?>,
    port: Int,
    reuseAddress: Boolean,
    reusePort: Boolean,
    settings: ServerSettings,
    handler: Handler,
): Server {
    require(hosts.isNotEmpty()) { "No host to listen on; null stands for all addresses of this machine." }
    require(port in 0..0xFFFF) { "A port is between 0 and 65535, not $port." }
    settings.ssl?.prepare(runningLoop(), isServer = true)
    val listening = TcpListening(port, settings.backlog, reuseAddress, reusePort)
    return serve(listening.listen(runningLoop(), hosts), settings, handler)
}

internal suspend fun startServerOnFile(
    path: Path,
    permissions: Set<PosixFilePermission>?,
    cleanupSocket: Boolean,
    settings: ServerSettings,
    handler: Handler,
): Server {
    checkNotEmpty(path)
    settings.ssl?.prepare(runningLoop(), isServer = true)
    val listening = UnixListening(path, settings.backlog, permissions?.toSet(), cleanupSocket)
    return serve(listOf(openOffLoop { listening.listen() }), settings, handler)
}

internal suspend fun startServerOn(
    socket: ServerSocketChannel,
    settings: ServerSettings,
    handler: Handler,
): Server {
    val listener = takeOver(socket)
    try {
        settings.ssl?.prepare(runningLoop(), isServer = true)
    } catch (e: Throwable) {
        listener.close()
        throw e
    }
    return serve(listOf(listener), settings, handler)
}

private suspend fun serve(
    listeners: List<Listener>,
    settings: ServerSettings,
    handler: Handler,
): Server =
    Server(runningLoop(), listeners, settings) { connection ->
        val transport = secured(connection, settings.ssl)
        if (transport != null) {
            val reader = StreamReader(transport, settings.limit)
            val writer = StreamWriter(transport, reader, isServerSide = true)
            connection.writer = writer
            handler(reader, writer)
        }
    }.start()

/** Returns the connection with TLS over it, if there is to be any; null if the peers could not agree. */
private suspend fun secured(
    connection: ServerConnection,
    ssl: TlsOptions?,
): StreamTransport? {
    if (ssl == null) return connection.wire
    try {
        return shakeHandsWithClient(connection.wire, ssl).also { connection.transport = it }
    } catch (e: IOException) {
        // Whoever probes a port should not fill the log; the client knows what went wrong.
        val loop = connection.wire.loop
        if (loop.debug) loop.callExceptionHandler(ExceptionContext("A connection was refused", e))
        return null
    }
}
