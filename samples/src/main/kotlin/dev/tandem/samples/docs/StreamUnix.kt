package dev.tandem.samples.docs

import dev.tandem.streams.openUnixConnection
import dev.tandem.streams.startUnixServer
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions

// The examples of `docs/streams.md` about Unix sockets; a test compares what they print with the comments in them.

suspend fun overAFile(socket: Path) {
    // region echo
    val onlyMe = PosixFilePermissions.fromString("rw-------")
    val server =
        startUnixServer(socket, permissions = onlyMe) { reader, writer ->
            for (line in reader.lines()) writer.write(line)
        }
    openUnixConnection(socket).use { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        println(reader.readLine().decodeToString().trim())
    }
    server.close()
    server.waitClosed()
    println("left behind: ${Files.exists(socket)}")
    // hello, left behind: false
    // endregion
}

suspend fun noServer() {
    // region missing
    try {
        openUnixConnection(Path.of("/run/no-such.sock"))
    } catch (e: NoSuchFileException) {
        println(e.message)
    }
    // /run/no-such.sock: no server has made this socket
    // endregion
}
