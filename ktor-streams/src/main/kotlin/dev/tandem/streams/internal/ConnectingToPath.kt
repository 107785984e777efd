package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.sleep
import java.io.IOException
import java.net.ConnectException
import java.net.SocketException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.SocketChannel
import java.nio.file.AccessDeniedException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds

/**
 * Connects to the Unix socket [path].
 *
 * The system connects such sockets at once or not at all. When the server's list of connections to accept is full it
 * neither waits nor tells when there is room (Linux), hence the repeated attempts.
 */
internal suspend fun connectToPath(
    path: Path,
    streams: LoopStreams,
): SocketTransport {
    checkNotEmpty(path)
    val address = UnixDomainSocketAddress.of(path)
    while (true) {
        val channel = SocketChannel.open(StandardProtocolFamily.UNIX)
        try {
            channel.configureBlocking(false)
            channel.connect(address)
            return SocketTransport(streams, channel, path.toString())
        } catch (e: IOException) {
            channel.close()
            if (!isListFull(e)) throw explain(e, path, streams.loop)
        }
        sleep(PAUSE)
    }
}

/** For an empty path, systems choose a name that nobody is told. */
internal fun checkNotEmpty(path: Path) {
    require(path.toString().isNotEmpty()) { "The path of the socket is empty." }
}

private val PAUSE = 20.milliseconds

private fun isListFull(e: IOException) =
    e !is ConnectException && e.message?.contains("temporarily unavailable", ignoreCase = true) == true

private suspend fun explain(
    failure: IOException,
    path: Path,
    loop: EventLoop,
): IOException {
    val reason = failure.message
    if (failure is ConnectException) {
        val likely = "nobody listens there; a server that has ended may have left the file behind, or it is no socket"
        return ConnectException("Cannot connect to $path: $reason ($likely)").apply { initCause(failure) }
    }
    require(reason?.contains("too long") != true) {
        "The path of a Unix socket has 100 bytes or so at most (107 on Linux), this one ${path.toString().length}: $path"
    }
    val told =
        loop
            .runInExecutor(null) {
                when {
                    Files.notExists(
                        path,
                    ) -> NoSuchFileException(path.toString(), null, "no server has made this socket")
                    !Files.isWritable(path) ->
                        AccessDeniedException(
                            path.toString(),
                            null,
                            "to connect takes the right to write to the socket",
                        )
                    else -> SocketException("Cannot connect to $path: $reason")
                }
            }.await()
    return told.apply { initCause(failure) }
}
