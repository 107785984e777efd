package dev.tandem.streams

import dev.tandem.streams.internal.ServerSettings
import dev.tandem.streams.internal.startServerOnFile
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermission

/**
 * Listens on the Unix socket [path] and runs [handler] for each connection; otherwise as [startServer].
 *
 * The socket is a file. One that a server has left behind, which nobody listens on any more, is replaced; one that
 * somebody listens on, and a file that is no socket, are left alone and are an error. The server deletes its file when it
 * is closed, unless another one has taken its place.
 *
 * With [permissions], nobody can connect before the file has them: the socket gets its name last. Without, it has what
 * the process's umask leaves; to connect takes the right to write.
 *
 * **Cancellation.** No socket stays open, and no file. **Threading.** In a task. **Python.** `asyncio.start_unix_server`.
 * Differs from asyncio: a live server's socket is not taken away; there are no abstract sockets, which the JDK lacks.
 *
 * ```
 * val onlyMe = PosixFilePermissions.fromString("rw-------")
 * startUnixServer(Path.of("/run/user/1000/app.sock"), permissions = onlyMe) { reader, writer ->
 *     writer.write(reader.readLine())
 * }
 * ```
 *
 * @param path of a hundred bytes or so at most: systems allow no more
 * @param permissions who may connect; null leaves it to the umask
 * @param cleanupSocket whether to delete the file at the end
 * @throws java.net.BindException if somebody listens on [path], or it is another file, or its directory cannot be written.
 * @throws UnsupportedOperationException if the system has no Unix sockets, or no [permissions] of this kind.
 * @see startServer for what the other parameters mean
 */
public suspend fun startUnixServer(
    path: Path,
    ssl: TlsOptions? = null,
    limit: Int = StreamReader.DEFAULT_LIMIT,
    backlog: Int = 100,
    permissions: Set<PosixFilePermission>? = null,
    cleanupSocket: Boolean = true,
    startServing: Boolean = true,
    loops: Int = 1,
    handler: suspend (StreamReader, StreamWriter) -> Unit,
): Server {
    val settings = ServerSettings(ssl, limit, backlog, keepAlive = false, startServing, loops)
    return startServerOnFile(path, permissions, cleanupSocket, settings, handler)
}
