package dev.tandem.streams

import dev.tandem.ExceptionHandler
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.toThread
import java.net.Socket

/** What stands between a client and an echo server. */
internal class Relay(
    val toClient: Socket,
    val toServer: Socket,
) {
    @Volatile
    var holdServerEnd = false
}

/** Connects to an echo server by way of a relay on threads, which the test may use to do harm. */
internal suspend fun throughRelay(
    authority: Identity,
    pieceSize: Int = 100_000,
    body: suspend (Connection, Relay) -> Unit,
) {
    // What happens to the client may happen to the server's handler, too.
    runningLoop().exceptionHandler = ExceptionHandler { _, _ -> }
    val server = echoServer(authority.issue().serverOptions)
    // If nobody comes, an accept without limit would keep the thread, and the loop from closing.
    val door = rawServer().apply { soTimeout = 20_000 }
    val connecting = createTask { openConnection(LOOPBACK, door.localPort, authority.trustOptions) }
    val relay = Relay(toThread { door.accept() }, rawClient(server.port))
    val pumps =
        listOf(
            Thread { pump(relay.toClient, relay.toServer, pieceSize) { true } },
            Thread { pump(relay.toServer, relay.toClient, pieceSize) { !relay.holdServerEnd } },
        )
    pumps.forEach { it.start() }
    connecting.await().use { body(it, relay) }
    relay.toServer.reset()
    relay.toClient.close()
    toThread { pumps.forEach { it.join() } }
    server.close()
    server.waitClosed()
    door.close()
}

private fun pump(
    from: Socket,
    to: Socket,
    pieceSize: Int,
    passOnEnd: () -> Boolean,
) {
    val buffer = ByteArray(pieceSize)
    runCatching {
        to.tcpNoDelay = true
        while (true) {
            val count = from.getInputStream().read(buffer)
            if (count < 0) break
            to.getOutputStream().write(buffer, 0, count)
        }
    }
    if (passOnEnd()) runCatching { to.shutdownOutput() }
}
