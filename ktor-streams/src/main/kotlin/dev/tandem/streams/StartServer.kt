package dev.tandem.streams

import dev.tandem.streams.internal.ServerSettings
import dev.tandem.streams.internal.startServerOn
import dev.tandem.streams.internal.startTcpServer
import java.nio.channels.ServerSocketChannel

/**
 * Listens on [port] of [host] and runs [handler] for each connection, as a task of its own; returns when the server
 * listens.
 *
 * The connection is closed when its handler ends. What the handler throws goes to the loop's exception handler, and
 * the server goes on; so it does when the system cannot accept connections, for want of file descriptors: that is
 * reported once, and tried again every second until it is over. A server that is still open when the loop is closed is
 * closed with it.
 *
 * A name may stand for several addresses; all of them are listened on, on the same port. Without a host it is one socket
 * for IPv4 and IPv6; so it is with `"::"`, since the JDK cannot limit a socket to IPv6.
 *
 * **Several loops.** With [loops] = n the connections are spread over n loops: this one, and n - 1 others that have a
 * thread each. A connection lives on one of them, the one that had fewest when it came; its handler, reader and writer
 * never leave it. What handlers share must then be safe for several threads. The other loops report what fails to the
 * exception handler that this loop has now, on their own threads; they end when the server is closed and their last
 * connection and handler are gone, and cancel then what handlers have left running.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `asyncio.start_server`. Differs from
 * asyncio: a handler that returns closes its connection; with port 0, several addresses get the same port, not one each;
 * [loops] is not there.
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
 * @param reuseAddress whether to take a port on which old connections are still dying (`SO_REUSEADDR`)
 * @param reusePort whether to share the port with other sockets that ask for the same (`SO_REUSEPORT`): other processes
 * of the same user, as a rule
 * @param keepAlive whether the system probes idle connections (`SO_KEEPALIVE`)
 * @param startServing false leaves connections waiting until [Server.startServing] or [Server.serveForever]
 * @param loops how many loops serve the connections
 * @throws PemException if a file of [ssl] cannot be used.
 * @throws java.net.BindException if the port is taken, or the address is not this machine's.
 * @throws java.net.UnknownHostException if [host] is not known.
 * @throws UnsupportedOperationException if the system lacks what [reusePort] asks for.
 * @see startUnixServer
 */
public suspend fun startServer(
    host: String?,
    port: Int,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    backlog: Int = 100,
    reuseAddress: Boolean = true,
    reusePort: Boolean = false,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
): Server {
    val settings = ServerSettings(ssl, limit, backlog, keepAlive, startServing, loops)
    return startTcpServer(listOf(host), port, reuseAddress, reusePort, settings, handler)
}

/**
 * Listens on [port] of each of [hosts]; otherwise as the overload with one. An address that several of them stand for is
 * listened on once.
 */
public suspend fun startServer(
    hosts: List<String>,
    port: Int,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    backlog: Int = 100,
    reuseAddress: Boolean = true,
    reusePort: Boolean = false,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
): Server {
    val settings = ServerSettings(ssl, limit, backlog, keepAlive, startServing, loops)
    return startTcpServer(hosts, port, reuseAddress, reusePort, settings, handler)
}

/**
 * Listens on [socket], which is bound already: to an address or to a Unix socket, by who knows more about it, as a
 * supervisor that hands its sockets on. Otherwise as the overload with a host.
 *
 * The socket is the server's from now on: it is put into non-blocking mode, closed with the server, and closed if this
 * fails. The file of a Unix socket is not deleted.
 *
 * **Cancellation.** Closes the socket. **Python.** `asyncio.start_server(sock=...)`, `start_unix_server(sock=...)`.
 *
 * ```
 * val socket = System.inheritedChannel() as ServerSocketChannel // what inetd has bound
 * startServer(socket) { reader, writer -> writer.write(reader.readLine()) }.serveForever()
 * ```
 *
 * @throws IllegalArgumentException if [socket] is closed or not bound; it is left as it was.
 * @throws PemException if a file of [ssl] cannot be used.
 */
public suspend fun startServer(
    socket: ServerSocketChannel,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    keepAlive: Boolean = false,
    startServing: Boolean = true,
    loops: Int = 1,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
): Server {
    val settings = ServerSettings(ssl, limit, ServerSettings.BACKLOG, keepAlive, startServing, loops)
    return startServerOn(socket, settings, handler)
}
