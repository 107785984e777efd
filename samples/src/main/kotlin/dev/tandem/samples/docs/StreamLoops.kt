package dev.tandem.samples.docs

import dev.tandem.streams.openConnection
import dev.tandem.streams.startServer
import java.util.concurrent.atomic.AtomicInteger

/** The example of `docs/streams.md`; a test compares what it prints with the comment in it. */
suspend fun aServerOnTwoLoops() {
    // region loops
    val visits = AtomicInteger() // handlers run on two threads
    val server =
        startServer("localhost", 0, loops = 2) { reader, writer ->
            val name = reader.readLine().decodeToString().trim()
            writer.write("hello $name, visitor ${visits.incrementAndGet()}\n".toByteArray())
        }
    for (name in listOf("ada", "bob")) {
        openConnection("localhost", server.port).use { (reader, writer) ->
            writer.write("$name\n".toByteArray())
            print(reader.readLine().decodeToString())
        }
    }
    server.close()
    server.waitClosed()
    // hello ada, visitor 1, hello bob, visitor 2
    // endregion
}
