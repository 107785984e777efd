package dev.tandem.http

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import com.sun.net.httpserver.HttpsConfigurator
import com.sun.net.httpserver.HttpsServer
import dev.tandem.ExceptionHandler
import dev.tandem.allTasks
import dev.tandem.currentTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.timeout
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldBeEmpty
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Socket
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.Executors
import javax.net.ssl.SSLContext
import kotlin.concurrent.thread
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Runs [body] as the main task of a loop, for 60 seconds at most, and checks that it leaves nothing open. */
internal fun httpTest(body: suspend () -> Unit) {
    val unexpected = ArrayList<String>()
    val socketsBefore = openSockets()
    runLoop {
        val loop = runningLoop()
        loop.exceptionHandler = ExceptionHandler { _, context -> unexpected += "$context ${context.exception}" }
        timeout(60.seconds) {
            body()
            (allTasks(loop) - currentTask()).shouldBeEmpty()
        }
        // Engines close their connections on threads of their own.
        withClue("sockets left open") { timeout(30.seconds) { eventually { openSockets() <= socketsBefore } } }
    }
    unexpected.shouldBeEmpty()
}

/** Waits until [condition] holds. What has to come to it is on other threads, of which the loop knows nothing. */
internal suspend fun eventually(condition: () -> Boolean) {
    while (!condition()) sleep(5.milliseconds)
}

/**
 * How many TCP sockets this process has, where the system tells. A channel that is closed while a selector knows it
 * keeps a placeholder until the engine's selector looks again; that is no TCP socket any more.
 */
internal fun openSockets(): Int {
    val descriptors = Path.of("/proc/self/fd")
    if (!Files.isDirectory(descriptors)) return 0
    val tcp = listOf("tcp", "tcp6").flatMap { inodes(Path.of("/proc/self/net", it)) }.toSet()
    return Files.list(descriptors).use { all -> all.filter { inodeOf(it) in tcp }.count().toInt() }
}

private fun inodes(table: Path): List<String> =
    if (Files.exists(
            table,
        )
    ) {
        Files.readAllLines(table).drop(1).map { it.trim().split(Regex("\\s+"))[9] }
    } else {
        emptyList()
    }

private fun inodeOf(descriptor: Path): String? =
    try {
        Files
            .readSymbolicLink(descriptor)
            .toString()
            .removeSurrounding("socket:[", "]")
    } catch (_: IOException) {
        // Closed meanwhile, as that of the listing itself.
        null
    }

internal const val LOOPBACK: String = "127.0.0.1"

/** A server of the JDK. [handlers] by path; each runs on a thread of its own and may block. */
internal class JdkServer(
    tls: SSLContext? = null,
    private val handlers: Map<String, (HttpExchange) -> Unit>,
) : AutoCloseable {
    constructor(vararg handlers: Pair<String, (HttpExchange) -> Unit>) : this(null, handlers.toMap())

    private val threads = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
    private val scheme = if (tls == null) "http" else "https"
    private val server: HttpServer =
        (
            if (tls ==
                null
            ) {
                HttpServer.create()
            } else {
                HttpsServer.create().apply { httpsConfigurator = HttpsConfigurator(tls) }
            }
        ).apply {
            bind(InetSocketAddress(LOOPBACK, 0), 0)
            executor = threads
            handlers.forEach { (path, handler) -> createContext(path) { it.use { exchange -> handler(exchange) } } }
            start()
        }

    val port: Int get() = server.address.port

    fun url(path: String = "/"): String = "$scheme://$LOOPBACK:$port$path"

    override fun close() {
        server.stop(0)
        threads.shutdownNow()
    }

    private inline fun HttpExchange.use(block: (HttpExchange) -> Unit) {
        try {
            block(this)
        } finally {
            close()
        }
    }
}

private fun newServer(tls: SSLContext?): HttpServer =
    if (tls == null) {
        HttpServer.create()
    } else {
        HttpsServer.create().apply { httpsConfigurator = HttpsConfigurator(tls) }
    }

internal fun HttpExchange.answer(
    text: String = "",
    status: Int = 200,
    vararg headers: Pair<String, String>,
) {
    requestBody.readAllBytes()
    headers.forEach { (name, value) -> responseHeaders.add(name, value) }
    val bytes = text.toByteArray()
    sendResponseHeaders(status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
    responseBody.write(bytes)
}

internal val HttpExchange.body: String get() = requestBody.readAllBytes().decodeToString()

/** A server that says what no real one would: [serve] has the raw socket, after the request's head. */
internal class RawServer(
    tls: SSLContext? = null,
    private val serve: (Socket) -> Unit,
) : AutoCloseable {
    private val listening =
        (tls?.serverSocketFactory ?: javax.net.ServerSocketFactory.getDefault())
            .createServerSocket(0, 50, InetAddress.getByName(LOOPBACK))
    private val sockets = java.util.concurrent.ConcurrentLinkedQueue<Socket>()

    @Volatile
    var accepted = 0
        private set

    val port: Int get() = listening.localPort

    init {
        thread(isDaemon = true) {
            try {
                while (true) {
                    val socket = listening.accept()
                    accepted++
                    sockets += socket
                    thread(isDaemon = true) { handle(socket) }
                }
            } catch (_: IOException) {
                // Closed: the test is over.
            }
        }
    }

    fun url(path: String = "/"): String = "http://$LOOPBACK:$port$path"

    private fun handle(socket: Socket) {
        socket.use {
            try {
                readHead(it)
                serve(it)
            } catch (_: IOException) {
                // The client is gone, or the test is over.
            }
        }
    }

    override fun close() {
        listening.close()
        sockets.forEach { it.close() }
    }
}

private fun readHead(socket: Socket) {
    var last = 0
    while (last != 0x0d0a0d0a) {
        val byte = socket.getInputStream().read()
        if (byte < 0) throw IOException("The client has gone.")
        last = (last shl 8) or byte
    }
}

internal fun Socket.send(text: String) {
    getOutputStream().write(text.toByteArray())
}

/** Waits until the client closes its end, which it may do with a reset. */
internal fun Socket.awaitEnd() {
    try {
        getInputStream().readAllBytes()
    } catch (_: IOException) {
        // A reset is an end as well.
    }
}

/** Closes with a reset. */
internal fun Socket.reset() {
    setSoLinger(true, 0)
    close()
}
