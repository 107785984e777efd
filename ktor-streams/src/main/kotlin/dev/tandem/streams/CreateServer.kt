package dev.tandem.streams

import dev.tandem.streams.internal.ServerSettings
import dev.tandem.streams.internal.startServerOn
import dev.tandem.streams.internal.startServerOnFile
import dev.tandem.streams.internal.startTcpServer
import java.io.IOException
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermission

/**
 * Listens on [port] of [host] and lets a protocol of its own talk to each peer, made by [protocolFactory]; returns when the
 * server listens.
 *
 * Listens as [startServer] does, with the same options and errors. What [protocolFactory] throws goes to the loop's
 * exception handler; that connection is closed, and the server goes on.
 *
 * **Several loops.** With [loops] = n the connections are spread over n loops, with a thread each. [protocolFactory] is
 * called on the thread of the loop that serves the connection, and the protocol never leaves it: what protocols share,
 * and what the factory itself uses, must be safe for several threads.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `loop.create_server`. [loops] is not
 * there.
 *
 * ```
 * createServer(::Echo, "127.0.0.1", 8888).serveForever()
 * ```
 *
 * @param host a name or an address of this machine; null listens on all of them
 * @param port 0 lets the system choose: [Server.port] tells
 * @param ssl the server's certificate and key; null for plain TCP
 * @param backlog how many connections the system keeps for a server that is busy
 * @param startServing false leaves connections waiting until [Server.startServing] or [Server.serveForever]
 * @param loops how many loops serve the connections
 * @see startServer for what the other parameters mean
 */
public suspend fun createServer(
    protocolFactory: () -> BaseProtocol,
    host: String?,
    port: Int,
    ssl: TlsOptions? = null,
    backlog: Int = 100,
    reuseAddress: Boolean = true,
    reusePort: Boolean = false,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
): Server {
    val settings = ServerSettings(ssl, StreamReader.DEFAULT_LIMIT, backlog, keepAlive, startServing, loops)
    return createTcpServer(protocolFactory, listOf(host), port, reuseAddress, reusePort, settings)
}

/**
 * Listens on [port] of each of [hosts]; otherwise as the overload with one. An address that several of them stand for is
 * listened on once.
 */
public suspend fun createServer(
    protocolFactory: () -> BaseProtocol,
    hosts: List<String>,
    port: Int,
    ssl: TlsOptions? = null,
    backlog: Int = 100,
    reuseAddress: Boolean = true,
    reusePort: Boolean = false,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
): Server {
    val settings = ServerSettings(ssl, StreamReader.DEFAULT_LIMIT, backlog, keepAlive, startServing, loops)
    return createTcpServer(protocolFactory, hosts, port, reuseAddress, reusePort, settings)
}

/**
 * Listens on [socket], which is bound already, and lets a protocol of its own talk to each peer; otherwise as the overload
 * with a host. [startServer] with a socket says what becomes of it.
 *
 * **Cancellation.** Closes the socket. **Python.** `loop.create_server(sock=...)`, `create_unix_server(sock=...)`.
 *
 * @throws IllegalArgumentException if [socket] is closed or not bound; it is left as it was.
 */
public suspend fun createServer(
    protocolFactory: () -> BaseProtocol,
    socket: ServerSocketChannel,
    ssl: TlsOptions? = null,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
): Server {
    val limit = StreamReader.DEFAULT_LIMIT
    val settings = ServerSettings(ssl, limit, ServerSettings.BACKLOG, keepAlive, startServing, loops)
    return createServerOn(protocolFactory, socket, settings)
}

/**
 * Listens on the Unix socket [path] and lets a protocol of its own talk to each peer; otherwise as [createServer], with the
 * errors of [startUnixServer], which also says what becomes of the file.
 *
 * **Cancellation.** No socket stays open, and no file. **Threading.** In a task. **Python.** `loop.create_unix_server`.
 *
 * @param path of a hundred bytes or so at most: systems allow no more
 * @param permissions who may connect, from the first moment on; null leaves it to the umask
 * @param cleanupSocket whether to delete the file at the end
 */
public suspend fun createUnixServer(
    protocolFactory: () -> BaseProtocol,
    path: Path,
    ssl: TlsOptions? = null,
    backlog: Int = 100,
    permissions: Set<PosixFilePermission>? = null,
    cleanupSocket: Boolean = true,
    startServing: Boolean = true,
    loops: Int = 1,
): Server {
    val limit = StreamReader.DEFAULT_LIMIT
    val settings = ServerSettings(ssl, limit, backlog, keepAlive = false, startServing, loops)
    return createServerOnFile(protocolFactory, path, permissions, cleanupSocket, settings)
}

internal suspend fun createTcpServer(
    protocolFactory: () -> BaseProtocol,
    hosts: List<String?>,
    port: Int,
    reuseAddress: Boolean,
    reusePort: Boolean,
    settings: ServerSettings,
): Server =
    startTcpServer(hosts, port, reuseAddress, reusePort, settings) { _, writer ->
        converseToTheEnd(writer, protocolFactory)
    }

internal suspend fun createServerOn(
    protocolFactory: () -> BaseProtocol,
    socket: ServerSocketChannel,
    settings: ServerSettings,
): Server = startServerOn(socket, settings) { _, writer -> converseToTheEnd(writer, protocolFactory) }

internal suspend fun createServerOnFile(
    protocolFactory: () -> BaseProtocol,
    path: Path,
    permissions: Set<PosixFilePermission>?,
    cleanupSocket: Boolean,
    settings: ServerSettings,
): Server =
    startServerOnFile(path, permissions, cleanupSocket, settings) { _, writer ->
        converseToTheEnd(writer, protocolFactory)
    }

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
