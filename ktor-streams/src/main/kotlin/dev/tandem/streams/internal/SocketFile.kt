package dev.tandem.streams.internal

import java.io.IOException
import java.net.BindException
import java.net.ConnectException
import java.net.SocketAddress
import java.net.SocketException
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.nio.file.FileAlreadyExistsException
import java.nio.file.Files
import java.nio.file.LinkOption.NOFOLLOW_LINKS
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.attribute.BasicFileAttributes
import java.nio.file.attribute.PosixFilePermission
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.ThreadLocalRandom

/** A Unix socket that is listened on, and its file, which [close] deletes unless somebody else has put theirs there. */
internal class UnixListener(
    channel: ServerSocketChannel,
    private val path: Path,
    private val deletesFile: Boolean,
) : Listener(channel, UnixDomainSocketAddress.of(path)) {
    private val key = if (deletesFile) fileKey(path) else null

    /** Clients of Unix sockets have no address. */
    override fun clientName(remote: SocketAddress?): String = "a client of $path"

    /** The system would tell the name that the socket was bound to, which it has not any more. */
    override fun localAddress(accepted: SocketChannel): SocketAddress = address

    /**
     * The file goes first: while the socket answers, no other server takes the path for its own. On the loop's thread,
     * as a file that is still there after the close would surprise, and to remove a local name takes no time.
     */
    override fun close() {
        if (deletesFile && channel.isOpen) deleteOurs()
        super.close()
    }

    private fun deleteOurs() {
        try {
            if (key != null && fileKey(path) == key) Files.deleteIfExists(path)
        } catch (_: IOException) {
            // It stays, and the next server finds that nobody listens there.
        }
    }
}

/** Listens on the file [path], on a thread that may block. */
internal class UnixListening(
    private val path: Path,
    private val backlog: Int,
    private val permissions: Set<PosixFilePermission>?,
    private val deletesFile: Boolean,
) {
    fun listen(): UnixListener {
        repeat(MOST_TRIES) {
            try {
                return if (permissions == null) bind() else bindAside(permissions)
            } catch (_: PathTakenException) {
                removeIfStale()
            }
        }
        throw BindException("Cannot listen on $path: other servers keep taking it")
    }

    private fun bind(): UnixListener =
        listenOn(path) { channel ->
            UnixListener(channel, path, deletesFile)
        }

    /**
     * Binds in a directory that nobody else may enter, and gives the socket its name once it has its [permissions]: with
     * the JDK, a socket can be connected to as soon as it is bound. The name is a second link, which is refused where
     * there is one already, so that two servers that start at once do not take each other's place.
     */
    private fun bindAside(permissions: Set<PosixFilePermission>): UnixListener {
        val directory = privateDirectory()
        val bound = directory.resolve("s")
        try {
            return listenOn(bound) { channel ->
                Files.setPosixFilePermissions(bound, permissions)
                name(bound)
                UnixListener(channel, path, deletesFile)
            }
        } finally {
            Files.deleteIfExists(bound)
            Files.deleteIfExists(directory)
        }
    }

    private fun name(bound: Path) {
        try {
            try {
                Files.createLink(path, bound)
            } catch (e: FileAlreadyExistsException) {
                throw e
            } catch (_: IOException) {
                // A file system without links to sockets.
                Files.move(bound, path)
            }
        } catch (_: FileAlreadyExistsException) {
            throw PathTakenException()
        }
    }

    /** A short name, since the path of a socket may have some hundred bytes at most. */
    private fun privateDirectory(): Path {
        val onlyOurs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        while (true) {
            val name = "." + ThreadLocalRandom.current().nextInt(MOST_NAMES).toString(radix = 36)
            try {
                return Files.createDirectory(path.resolveSibling(name), onlyOurs)
            } catch (_: FileAlreadyExistsException) {
                // Another name, then.
            } catch (e: IOException) {
                throw cannotListen("no directory can be made beside it, where the socket gets its permissions: $e", e)
            }
        }
    }

    private fun listenOn(
        where: Path,
        finish: (ServerSocketChannel) -> UnixListener,
    ): UnixListener {
        val channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        var done = false
        try {
            channel.configureBlocking(false)
            channel.bind(UnixDomainSocketAddress.of(where), backlog)
            return finish(channel).also { done = true }
        } catch (e: PathTakenException) {
            throw e
        } catch (e: BindException) {
            if (Files.exists(path, NOFOLLOW_LINKS)) throw PathTakenException()
            throw cannotListen(e.message, e)
        } catch (e: IOException) {
            throw cannotListen(e.message, e)
        } finally {
            if (!done) channel.close()
        }
    }

    /** Removes the file of a server that is gone. Any other file may be somebody's. */
    private fun removeIfStale() {
        val key = fileKey(path) ?: return
        if (!isSocket()) {
            throw BindException(
                "Cannot listen on $path: there is a file of that name that is no socket. It is left alone",
            )
        }
        if (isAnswered()) throw BindException("Cannot listen on $path: another server listens there")
        // Not what somebody has put there since.
        if (fileKey(path) == key) Files.deleteIfExists(path)
    }

    private fun isSocket(): Boolean =
        try {
            Files.getAttribute(path, "unix:mode", NOFOLLOW_LINKS) as Int and FILE_TYPE == SOCKET_TYPE
        } catch (_: NoSuchFileException) {
            true
        } catch (_: UnsupportedOperationException) {
            // A system that cannot tell: the file may be anything.
            false
        }

    /** Whether somebody listens. Without blocking, lest a server that does not accept keeps this one waiting. */
    private fun isAnswered(): Boolean =
        SocketChannel.open(StandardProtocolFamily.UNIX).use { probe ->
            probe.configureBlocking(false)
            try {
                probe.connect(UnixDomainSocketAddress.of(path))
                true
            } catch (_: ConnectException) {
                false
            } catch (e: SocketException) {
                if (!Files.exists(path, NOFOLLOW_LINKS)) return false
                throw cannotListen("the socket there belongs to a busy server, or to another user (${e.message})", e)
            }
        }

    private fun cannotListen(
        why: String?,
        cause: Exception,
    ) = BindException("Cannot listen on $path: $why").apply { initCause(cause) }

    /** Something is there already. */
    private class PathTakenException : IOException()

    private companion object {
        const val MOST_TRIES = 3
        const val MOST_NAMES = 36 * 36 * 36 * 36

        /** Of a file's mode, in the words of stat(2). */
        const val FILE_TYPE = 0xF000
        const val SOCKET_TYPE = 0xC000
    }
}

/** What tells a file from another one that was put in its place; null if there is none. */
private fun fileKey(path: Path): Any? =
    try {
        Files.readAttributes(path, BasicFileAttributes::class.java, NOFOLLOW_LINKS).fileKey()
    } catch (_: NoSuchFileException) {
        null
    }
