package dev.tandem.samples.docs

import dev.tandem.CancelledException
import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import kotlin.time.Duration.Companion.seconds

/** The examples of `docs/streams.md`; a test compares what they print with the comments in them. */
suspend fun aServer() {
    // region shout
    val server =
        startServer("localhost", 0) { reader, writer ->
            while (true) {
                val line = reader.readLine()
                if (line.isEmpty()) break // the client has ended the stream
                writer.write(line.decodeToString().uppercase().toByteArray())
                writer.drain() // waits while the client is behind
            }
        }
    openConnection("localhost", server.port).use { (reader, writer) ->
        writer.write("hello\n".toByteArray())
        print(reader.readLine().decodeToString())
    }
    server.close()
    server.waitClosed()
    // HELLO
    // endregion
}

suspend fun endingAServer() {
    // region end
    val server =
        startServer("localhost", 0) { reader, writer ->
            writer.write("welcome\n".toByteArray())
            reader.read() // until the end of the stream
        }
    openConnection("localhost", server.port).use { (reader, _) ->
        print(reader.readLine().decodeToString())
        server.close() // nobody else can connect; this client could go on
        server.closeClients() // it gets what was written, then the end
        server.waitClosed()
        println("${reader.read().size} bytes more")
    }
    // welcome, 0 bytes more
    // endregion
}

suspend fun servingUntilCancelled() {
    // region forever
    val serving =
        createTask {
            startServer("localhost", 0) { _, _ -> }.use { server ->
                println("serving: ${server.isServing()}")
                server.serveForever()
            }
        }
    sleep(0.1.seconds)
    serving.cancel() // as Ctrl-C does with the main task
    try {
        serving.await()
    } catch (_: CancelledException) {
        println("closed")
    }
    // serving: true, closed
    // endregion
}

suspend fun handlersThatFail() {
    // region failure
    runningLoop().exceptionHandler = ExceptionHandler { _, context -> println(context.exception?.message) }
    startServer("localhost", 0) { _, _ -> error("disk full") }.use { server ->
        repeat(2) {
            openConnection("localhost", server.port).use { (reader, _) -> reader.read() }
        }
    }
    // disk full, disk full
    // endregion
}
