package dev.tandem.http.internal

import dev.tandem.CancelledException
import dev.tandem.EventLoop
import dev.tandem.TimeoutException
import dev.tandem.http.ClientConnectionException
import dev.tandem.http.ClientTimeout
import io.ktor.client.call.body
import io.ktor.client.statement.HttpResponse
import io.ktor.client.statement.HttpStatement
import io.ktor.utils.io.InternalAPI
import io.ktor.utils.io.cancel
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import java.util.concurrent.CancellationException

/**
 * One request with its response, from the call to the end of the body or to [close].
 *
 * The engine's part runs under a Job of its own, not under that of the task that asks: a response may be read by
 * another task than the one that got it, after that one has ended. Cancelling the asking task ends it all the same.
 *
 * Owner: the loop thread. What the engine resumes comes back to it through the loop as a dispatcher.
 */
internal class Exchange(
    private val loop: EventLoop,
    /** The request in messages: method and URL, without credentials. */
    val what: String,
    /** The proxy in messages; null without one. */
    private val proxy: String?,
    private val limits: ClientTimeout,
    parent: Job,
    private val onOver: (Exchange) -> Unit,
) {
    private enum class State { OPEN, DONE, CLOSED, EXPIRED, SESSION_CLOSED }

    private var state = State.OPEN
    private val job = SupervisorJob(parent)
    private var response: HttpResponse? = null

    /** Of what reads the files that are sent. */
    val uploads: Job = SupervisorJob(job)
    private val deadline = limits.total?.let { loop.time() + it }
    private val timer = deadline?.let { loop.callAt(it, null) { end(State.EXPIRED) } }

    /** Gives the slot back that this holds; null before there is one. */
    private var releaseSlot: (() -> Unit)? = null

    /** Ends what is of use only to this. */
    private var atEnd: (() -> Unit)? = null

    /** What the code that writes the request's body has thrown. Engine threads read it. */
    @Volatile
    var bodyFailure: Throwable? = null

    val isOver: Boolean get() = state != State.OPEN

    /** Runs [acquire], which waits for a free connection, within the limit of all. */
    suspend fun enter(acquire: suspend () -> (() -> Unit)) {
        try {
            releaseSlot = dev.tandem.timeoutAt(deadline) { acquire() }
        } catch (e: TimeoutException) {
            end(State.CLOSED)
            throw TimeoutException("$what: no connection of the session became free within ${limits.total}.", e)
        } catch (e: Throwable) {
            end(State.CLOSED)
            throw e
        }
        if (isOver) {
            releaseSlot?.invoke()
            throw failureOf(CancelledException(), false)
        }
    }

    /** Sends the request and waits for the head of the response; to be called in [guarded]. */
    suspend fun send(statement: HttpStatement): HttpResponse =
        CoroutineScope(loop + job)
            .async {
                val received = statement.body<HttpResponse>()
                response = received
                // The task was cancelled while the response was on its way to it.
                if (state != State.OPEN) cancel(received)
                checkHead(what, received)
                received
            }.await()

    /** Runs [block], which waits for the engine; whatever it throws ends the exchange, and is told in our words. */
    suspend inline fun <T> guarded(
        isBody: Boolean,
        block: suspend () -> T,
    ): T {
        loop.checkThread(if (isBody) "read" else "request")
        if (isOver) throw failureOf(null, isBody)
        try {
            return block()
        } catch (e: Throwable) {
            val failure = if (isOfTheCaller(e)) e else failureOf(e, isBody)
            close()
            throw failure
        }
    }

    /** A cancellation of kotlinx, such as that of `withTimeoutOrNull`, is for who has asked for it, and only as it is. */
    private suspend fun isOfTheCaller(failure: Throwable): Boolean =
        failure is CancellationException && state != State.EXPIRED && state != State.SESSION_CLOSED &&
            currentCoroutineContext()[Job]?.isActive == false

    /** Calls [action] when this is over. */
    fun whenOver(action: () -> Unit) {
        if (isOver) action() else atEnd = action
    }

    /** The body was read to its end: the engine has all that it needs. */
    fun complete() = end(State.DONE)

    /** Ends the exchange, wherever it stands; an open connection is closed. */
    fun close() = end(State.CLOSED)

    fun closeWithSession() = end(State.SESSION_CLOSED)

    private fun end(outcome: State) {
        // On another thread, the slot would be lost to those who wait for it.
        loop.checkThread("close")
        if (state != State.OPEN) return
        state = outcome
        timer?.cancel()
        // Of an answer that came early, what is left is not sent.
        uploads.cancel()
        if (outcome == State.DONE) {
            job.complete()
        } else {
            job.cancel()
            response?.let(::cancel)
        }
        releaseSlot?.invoke()
        atEnd?.invoke()
        onOver(this)
    }

    @OptIn(InternalAPI::class)
    private fun cancel(response: HttpResponse) {
        (response as CoroutineScope).cancel()
        response.rawContent.cancel()
    }

    fun failureOf(
        failure: Throwable?,
        isBody: Boolean,
    ): Throwable =
        when {
            state == State.EXPIRED ->
                TimeoutException("$what took longer than ${limits.total} (the limit `total`).", failure)
            state == State.SESSION_CLOSED -> ClientConnectionException("$what: the session was closed.", failure)
            failure == null -> IllegalStateException("$what: the response is closed; read it before.")
            // The task's own cancellation. Others are how engines say that something broke.
            failure is CancelledException -> failure
            else -> bodyFailure ?: clientFailure(what, proxy, failure, limits, isBody)
        }
}
