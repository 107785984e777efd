package dev.tandem.streams.internal

import dev.tandem.Context
import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.Future
import dev.tandem.Runner
import dev.tandem.await
import dev.tandem.copyContext
import dev.tandem.runningLoop
import java.nio.channels.SocketChannel
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ThreadFactory

/**
 * A loop of a server besides the one that it was started on, with a thread of its own.
 *
 * It ends when [finish] was called and its last connection and handler are gone, or at once with [close]. Its tasks that
 * are left then are cancelled and waited for, as at the end of any loop. Owner: the thread of [main]; what runs on the
 * worker's own thread says so.
 */
internal class WorkerLoop(
    private val main: EventLoop,
    threads: ThreadFactory,
    number: Int,
    private val makeHome: (EventLoop) -> ServerLoop,
) : AutoCloseable {
    private val streams = LoopStreams.of(main)

    /** Completed on the worker's thread. */
    private val made = CompletableFuture<ServerLoop>()
    private val ended: Future<Unit> = main.createFuture()
    private val thread = threads.newThread(::run).apply { name = "tandem-server-$number" }

    // What user code sees there is what it would see on the loop that the server was started on.
    private val exceptionHandler = main.exceptionHandler
    private val slowCallbackDuration = main.slowCallbackDuration
    private val taskFactory = main.taskFactory
    private val debug = main.debug
    private val ownContext: Context = copyContext()

    /** What handlers run in. Entered on the worker's thread only. */
    private val handlerContext: Context = copyContext()

    /** Null until [start] has returned, and if the thread ended before. */
    private var home: ServerLoop? = null

    /** Done when the worker is to end. Worker's thread. */
    private lateinit var finished: Future<Unit>

    val count: Int get() = home!!.count
    val isAlive: Boolean get() = !ended.done()

    /** Starts the thread, and returns when its loop runs. */
    suspend fun start() {
        streams.add(this)
        try {
            thread.start()
        } catch (e: Throwable) {
            streams.remove(this)
            throw e
        }
        // A copy: a wait that is cancelled must not end what close() goes by.
        home = made.thenApply { it }.await()
    }

    /** Has the worker serve a connection; false if it has ended. */
    fun hand(
        channel: SocketChannel,
        listener: Listener,
    ): Boolean = isAlive && home!!.hand(channel, listener, handlerContext)

    /** Has the worker's loop call [action] on what lives there. */
    fun tell(action: (ServerLoop) -> Unit) {
        val home = home ?: return
        home.post(null) { action(home) }
    }

    /** Lets the worker end when nothing is left to do. */
    fun finish() {
        tell { home ->
            val finish = { if (home.isIdle) finished.complete(Unit) }
            home.onIdle = { finish() }
            finish()
        }
    }

    /** Ends the worker now, without waiting for that; also one that was not started, or is starting. */
    fun stop() {
        made.thenAccept { it.post(null) { finished.complete(Unit) } }
    }

    /** The main loop is closed: ends the worker and waits for its thread. */
    override fun close() {
        streams.remove(this)
        stop()
        joinWithoutInterrupt(thread)
    }

    // ---- worker's thread ------------------------------------------------------------------------------------------

    private fun run() {
        var home: ServerLoop? = null
        try {
            Runner(debug).use { runner ->
                val loop = runner.loop
                loop.exceptionHandler = exceptionHandler
                loop.slowCallbackDuration = slowCallbackDuration
                loop.taskFactory = taskFactory
                runner.run(ownContext) {
                    finished = runningLoop().createFuture()
                    home = makeHome(runningLoop())
                    made.complete(home)
                    finished.await()
                }
            }
        } catch (e: Throwable) {
            if (!made.completeExceptionally(e)) report(e)
        } finally {
            home?.closeUnderWay()
            tellMain {
                ended.complete(Unit)
                streams.remove(this)
            }
        }
    }

    private fun report(failure: Throwable) {
        val message = "${thread.name} has failed; its connections are closed"
        tellMain { main.callExceptionHandler(ExceptionContext(message, failure)) }
    }

    private fun tellMain(action: () -> Unit) {
        try {
            main.callSoonThreadsafe { action() }
        } catch (_: IllegalStateException) {
            // The main loop is closed: nobody there wants to know.
        }
    }
}

/** Waits for the end of [thread]. An interrupt does not shorten the wait, and is there again afterwards. */
private fun joinWithoutInterrupt(thread: Thread) {
    var interrupted = false
    while (true) {
        try {
            thread.join()
            break
        } catch (_: InterruptedException) {
            interrupted = true
        }
    }
    if (interrupted) Thread.currentThread().interrupt()
}
