package dev.tandem.samples.docs

import dev.tandem.streams.openUnixConnection
import java.nio.file.NoSuchFileException
import java.nio.file.Path

// The examples of `docs/streams.md` about Unix sockets. [socket] is that of a server that sends back what it gets; a
// test compares what they print with the comments in them.

suspend fun overAFile(socket: Path) {
    // region client
    openUnixConnection(socket).use { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        println(reader.readLine().decodeToString().trim())
    }
    // hello
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
