package dev.tandem.samples.docs

import dev.tandem.TimeoutException
import dev.tandem.streams.IncompleteReadException
import dev.tandem.streams.openConnection
import dev.tandem.timeout
import java.net.ConnectException
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

// The examples of `docs/streams.md` about clients. [port] is that of a server that sends back what it gets; a test
// compares what they print with the comments in them.

suspend fun aClient(port: Int) {
    // region client
    openConnection("localhost", port).use { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        writer.drain()
        println(reader.readLine().decodeToString().trim())
    }
    // hello
    // endregion
}

suspend fun howToConnect(port: Int) {
    // region options
    val connection =
        openConnection(
            "localhost",
            port,
            connectTimeout = 5.seconds, // for finding the address and connecting; else as long as the system tries
            happyEyeballsDelay = 100.milliseconds, // how long an address may be silent before the next is tried, too
            localAddress = InetSocketAddress("127.0.0.1", 0), // what the connection comes from
            limit = 1024, // how long a line may be
        )
    connection.use { println((it.writer.remoteAddress as InetSocketAddress).address.hostAddress) }
    // 127.0.0.1
    // endregion
}

suspend fun nobodyListens(port: Int) {
    // region refused
    try {
        openConnection("127.0.0.1", port)
    } catch (e: ConnectException) {
        println(e.message)
    }
    // Cannot connect to 127.0.0.1:1: Connection refused (127.0.0.1)
    // endregion
}

suspend fun linesToTheEnd(port: Int) {
    // region lines
    openConnection("localhost", port).use { (reader, writer) ->
        writer.writeLines(listOf("one\n", "two\n", "three").map { it.toByteArray() })
        writer.writeEof()
        for (line in reader.lines()) println(line.decodeToString().trimEnd())
    }
    // one, two, three
    // endregion
}

suspend fun piecesOfAProtocol(port: Int) {
    // region pieces
    openConnection("localhost", port).use { (reader, writer) ->
        writer.write("size 5\r\nabcde;rest".toByteArray())
        writer.writeEof()
        val head = reader.readUntil("\r\n".toByteArray(), "\n".toByteArray()).decodeToString()
        val size = head.trim().substringAfter(' ').toInt()
        println(reader.readExactly(size).decodeToString())
        println(reader.readUntil(";".toByteArray()).decodeToString())
        try {
            reader.readExactly(100)
        } catch (e: IncompleteReadException) {
            println("only ${e.partial.decodeToString()}")
        }
    }
    // abcde, ;, only rest
    // endregion
}

suspend fun timeLimitOfARead(port: Int) {
    // region timeout
    openConnection("localhost", port).use { (reader, writer) ->
        writer.write("half ".toByteArray())
        try {
            timeout(50.milliseconds) { reader.readLine() }
        } catch (_: TimeoutException) {
            println("no line yet")
        }
        writer.write("a line\n".toByteArray())
        println(reader.readLine().decodeToString().trim()) // nothing was lost
    }
    // no line yet, half a line
    // endregion
}

suspend fun ownBuffer(port: Int) {
    // region read-into
    openConnection("localhost", port).use { (reader, writer) ->
        writer.write(ByteArray(1_000_000))
        writer.writeEof()
        val buffer = ByteBuffer.allocateDirect(64 * 1024)
        var total = 0
        while (true) {
            val count = reader.readInto(buffer.clear())
            if (count < 0) break
            total += count
        }
        println(total)
    }
    // 1000000
    // endregion
}

suspend fun aFile(
    port: Int,
    file: Path,
) {
    // region send-file
    openConnection("localhost", port).use { (reader, writer) ->
        writer.write("the file: ".toByteArray())
        println("${writer.sendFile(file)} bytes")
        writer.writeEof()
        println(reader.read().decodeToString())
    }
    // 13 bytes, the file: what it holds
    // endregion
}
