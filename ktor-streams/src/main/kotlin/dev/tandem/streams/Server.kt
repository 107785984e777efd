package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.runningLoopOrNull
import dev.tandem.shield
import dev.tandem.streams.internal.Acceptor
import dev.tandem.streams.internal.Listener
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.ServerConnection
import dev.tandem.streams.internal.ServerLoop
import dev.tandem.streams.internal.ServerSettings
import dev.tandem.streams.internal.WorkerLoop
import java.net.InetSocketAddress
import java.net.SocketAddress
import java.nio.channels.ServerSocketChannel
import java.nio.channels.SocketChannel
import java.util.concurrent.atomic.AtomicInteger

/**
 * A listening server, made by [startServer] or [startUnixServer]. [close] it, or let [serveForever] do so.
 *
 * A server with several loops is used from the one it was started on; what it does to its connections it does on theirs.
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.Server`.
 */
public class Server internal constructor(
    /** The loop that the server was started on. **Python.** `server.get_loop()`. */
    @get:JvmName("loop")
    public val loop: EventLoop,
    listeners: List<Listener>,
    private val settings: ServerSettings,
    private val serve: suspend (ServerConnection) -> Unit,
) : AutoCloseable {
    private enum class State { BOUND, SERVING, CLOSED }

    private var state = State.BOUND
    private val streams = LoopStreams.of(loop)
    private val acceptors = listeners.map { Acceptor(loop, it, settings.backlog, ::deal) }
    private val connections = AtomicInteger()
    private val home = ServerLoop(loop, settings.keepAlive, serve, ::connectionGone)
    private val workers = List(settings.loops - 1) { WorkerLoop(loop, settings.loopThreads, it + 2, ::homeOn) }
    private val closedWithLoop = AutoCloseable { close() }
    private var serving: Future<Unit>? = null

    /** Done when the server is closed and all connections are gone. */
    private val gone: Future<Unit> = loop.createFuture()

    /** The addresses listened on, also of a server that was closed. */
    public val localAddresses: List<SocketAddress> = listeners.map { it.address }

    /**
     * The port that is listened on: the one the system chose, if it was asked to.
     *
     * @throws IllegalStateException if the server listens on a Unix socket.
     */
    public val port: Int
        get() {
            val address = localAddresses.first()
            check(address is InetSocketAddress) { "A server on a Unix socket has no port; its path is $address." }
            return address.port
        }

    /** The sockets listened on; none once the server is closed. */
    public val sockets: List<ServerSocketChannel>
        get() = if (state == State.CLOSED) emptyList() else acceptors.map { it.channel }

    init {
        streams.add(closedWithLoop)
    }

    /** Returns whether the server accepts connections. */
    public fun isServing(): Boolean = state == State.SERVING

    /**
     * Starts to accept connections, if the server was started without; a second call does nothing.
     *
     * **Python.** `server.start_serving()`. Differs from asyncio: the system takes connections from the very first on,
     * and they wait for this call.
     *
     * @throws IllegalStateException if the server is closed.
     */
    public fun startServing() {
        checkLoop("startServing")
        check(state != State.CLOSED) { "$this cannot serve any more." }
        if (state == State.SERVING) return
        state = State.SERVING
        acceptors.forEach { it.resume() }
    }

    /**
     * Serves until the task is cancelled (by Ctrl-C, for instance), then closes the server and waits as [waitClosed] does,
     * for connections that are still open. [close] from elsewhere ends it likewise. Whoever would not wait for clients
     * calls [closeClients] meanwhile, or limits the time of what handlers do; a second cancellation ends the wait.
     *
     * **Python.** `server.serve_forever()`.
     *
     * @throws IllegalStateException if the server is closed, or another task is here already.
     */
    public suspend fun serveForever() {
        check(state != State.CLOSED) { "$this cannot serve any more." }
        check(serving == null) { "serveForever() of $this is being awaited already." }
        startServing()
        val cancelled = loop.createFuture<Unit>()
        serving = cancelled
        try {
            cancelled.await()
        } catch (e: CancelledException) {
            close()
            waitClosed()
            throw e
        } finally {
            serving = null
        }
    }

    /**
     * Stops listening. Connections that are open stay so, and their handlers go on; so do the server's own loops, until
     * the last of their connections and handlers is gone. The file of a Unix socket is deleted.
     *
     * @see closeClients
     */
    override fun close() {
        checkLoop("close")
        if (state == State.CLOSED) return
        state = State.CLOSED
        acceptors.forEach { it.close() }
        streams.remove(closedWithLoop)
        workers.forEach { it.finish() }
        serving?.cancel()
        finishIfGone()
    }

    /**
     * Closes all connections, as [StreamWriter.close] does: what was written is sent, and reads find the end of the
     * stream. Handlers are not cancelled. After [close], lest new clients come in between.
     *
     * **Python.** `server.close_clients()`.
     */
    public fun closeClients() {
        checkLoop("closeClients")
        home.closeClients()
        workers.forEach { worker -> worker.tell { it.closeClients() } }
    }

    /** Closes all connections at once; what was not sent is dropped. **Python.** `server.abort_clients()`. */
    public fun abortClients() {
        checkLoop("abortClients")
        home.abortClients()
        workers.forEach { worker -> worker.tell { it.abortClients() } }
    }

    /** Waits until the server is closed **and** all of its connections are. **Python.** As since 3.12. */
    public suspend fun waitClosed() {
        if (!gone.done()) shield(gone).await()
    }

    override fun toString(): String {
        val loops = if (workers.isEmpty()) "" else " on ${settings.loops} loops"
        val word =
            when (state) {
                State.BOUND -> "not serving yet"
                State.SERVING -> "open"
                State.CLOSED -> "closed"
            }
        return "Server(${localAddresses.joinToString()}, $word, ${connections.get()} connections$loops)"
    }

    /** Starts the other loops, and serves if that is asked for. Closes everything if it fails. */
    internal suspend fun start(): Server {
        try {
            workers.forEach { it.start() }
            if (settings.startServing) startServing()
            return this
        } catch (e: Throwable) {
            close()
            workers.forEach { it.stop() }
            throw e
        }
    }

    /** Gives a connection to the loop that has fewest. */
    private fun deal(
        channel: SocketChannel,
        listener: Listener,
    ) {
        connections.incrementAndGet()
        var chosen: WorkerLoop? = null
        var fewest = home.count
        for (worker in workers) {
            if (!worker.isAlive || worker.count >= fewest) continue
            chosen = worker
            fewest = worker.count
        }
        if (chosen == null || !chosen.hand(channel, listener)) home.take(channel, listener)
    }

    private fun connectionGone() {
        if (connections.decrementAndGet() == 0) finishIfGone()
    }

    private fun homeOn(worker: EventLoop) =
        ServerLoop(worker, settings.keepAlive, serve) {
            if (connections.decrementAndGet() == 0) {
                try {
                    loop.callSoonThreadsafe(::finishIfGone)
                } catch (_: IllegalStateException) {
                    // The main loop is closed: nobody waits any more.
                }
            }
        }

    /** Handlers run on the server's other loops, too. */
    private fun checkLoop(call: String) {
        check(!loop.isRunning || runningLoopOrNull() === loop) {
            "$call() on thread \"${Thread.currentThread().name}\", which does not run the loop that the server was " +
                "started on. Handlers of its other loops call server.loop.callSoonThreadsafe { server.$call() }."
        }
    }

    private fun finishIfGone() {
        if (state == State.CLOSED && connections.get() == 0) gone.complete(Unit)
    }
}
