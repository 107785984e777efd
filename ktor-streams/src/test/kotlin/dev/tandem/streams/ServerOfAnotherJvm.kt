package dev.tandem.streams

import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.toThread
import kotlin.time.Duration.Companion.seconds

/**
 * An echo server in a JVM of its own, which may run out of file descriptors. Says on its standard output what becomes of
 * it, a word a line; the end of its standard input ends it.
 *
 * Arguments: how many loops.
 */
internal fun main(args: Array<String>) =
    runLoop {
        val loop = runningLoop()
        var reports = 0
        loop.exceptionHandler =
            ExceptionHandler { _, context ->
                say("report ${++reports} ${context.message}")
                // Longer than several attempts to accept again.
                createTask {
                    sleep(3.5.seconds)
                    say("reports so far: $reports")
                }
            }
        openJars()
        val server = startServer(LOOPBACK, 0, backlog = 1000, loops = args[0].toInt(), handler = ::echo)
        openConnection(LOOPBACK, server.port).use { (reader, writer) ->
            writer.write("x".toByteArray())
            reader.readExactly(1)
        }
        say("port ${server.port}")
        toThread { System.`in`.readAllBytes() }
        server.close()
        server.closeClients()
        server.waitClosed()
        say("closed")
    }

/** A class that is nowhere is looked for in each jar; from then on all of them are open. */
private fun openJars() {
    try {
        Class.forName("no.such.Class")
    } catch (_: ClassNotFoundException) {
        // As expected.
    }
}

private suspend fun echo(
    reader: StreamReader,
    writer: StreamWriter,
) {
    while (true) {
        val some = reader.read(1024)
        if (some.isEmpty()) return
        writer.write(some)
    }
}

private fun say(what: String) {
    println(what)
    System.out.flush()
}
