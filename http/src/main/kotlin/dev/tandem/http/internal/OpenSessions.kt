package dev.tandem.http.internal

import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import io.ktor.client.HttpClient
import java.lang.ref.Cleaner
import java.util.concurrent.ConcurrentHashMap

/**
 * What must be closed of a session. It does not refer to the session, so that a forgotten one can be noticed: then, or
 * when the loop is closed, this is closed, and debug mode reports it.
 */
internal class OpenSession(
    private val loop: EventLoop,
    private val client: HttpClient,
) : Runnable {
    private val createdAt = if (loop.debug) Throwable("created here") else null
    private val sessions = loop.attachment(OpenSessions::class.java, ::OpenSessions)

    init {
        sessions.add(this)
    }

    fun close() {
        if (sessions.remove(this)) client.close()
    }

    /** The cleaner's thread: nobody can close the session any more. */
    override fun run() {
        if (!sessions.remove(this)) return
        client.close()
        if (createdAt == null) return
        try {
            loop.callSoonThreadsafe { report() }
        } catch (_: IllegalStateException) {
            // The loop was closed meanwhile; who reads its reports is gone.
        }
    }

    fun closeWithLoop() {
        client.close()
        if (createdAt != null) report()
    }

    private fun report() {
        val message = "A ClientSession was not closed. Use it with use { }, or close() it."
        loop.callExceptionHandler(ExceptionContext(message, createdAt = createdAt))
    }

    companion object {
        val cleaner: Cleaner = Cleaner.create()
    }
}

/** The sessions of a loop that are open. */
internal class OpenSessions : AutoCloseable {
    private val open = ConcurrentHashMap.newKeySet<OpenSession>()

    fun add(session: OpenSession) {
        open += session
    }

    fun remove(session: OpenSession): Boolean = open.remove(session)

    override fun close() {
        open.toList().forEach {
            open -= it
            it.closeWithLoop()
        }
    }
}
