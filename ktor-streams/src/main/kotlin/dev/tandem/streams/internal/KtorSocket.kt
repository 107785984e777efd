package dev.tandem.streams.internal

import dev.tandem.runningLoopOrNull
import dev.tandem.streams.StreamReader
import dev.tandem.streams.StreamWriter
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.SocketAddress
import io.ktor.network.sockets.UnixSocketAddress
import io.ktor.utils.io.ByteChannel
import io.ktor.utils.io.ReaderJob
import io.ktor.utils.io.WriterJob
import io.ktor.utils.io.cancel
import io.ktor.utils.io.read
import io.ktor.utils.io.reader
import io.ktor.utils.io.writeFully
import io.ktor.utils.io.writer
import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.Job
import java.io.IOException
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.cancellation.CancellationException

/**
 * A stream as a socket of Ktor. Two coroutines on the loop, the pumps, move the bytes between the stream and Ktor's
 * channels; the stream is closed once both have ended, or [close] was called and the one that sends has ended.
 *
 * Loop thread only, but for [close] and the jobs.
 */
internal class KtorSocket(
    private val reader: StreamReader,
    private val writer: StreamWriter,
) : Socket {
    private val wire = writer.transport
    private val loop = wire.loop
    private var receiving: WriterJob? = null
    private var sending: ReaderJob? = null
    private var sendingChannel: ByteChannel? = null
    private var isClosing = false

    override val socketContext: CompletableJob = Job()
    override val coroutineContext: CoroutineContext = loop + socketContext
    override val localAddress: SocketAddress get() = ktorAddress(wire.localAddress)
    override val remoteAddress: SocketAddress get() = ktorAddress(wire.remoteAddress)

    init {
        wire.onClosed {
            val failure = wire.failure
            if (failure == null) socketContext.complete() else socketContext.completeExceptionally(failure)
        }
        // Somebody has cancelled the socket, if not the stream itself has ended.
        socketContext.invokeOnCompletion { onLoop { writer.abort() } }
    }

    override fun attachForReading(channel: ByteChannel): WriterJob {
        check(receiving == null) { "The socket of ${wire.peer} has a read channel already." }
        val pump =
            writer(CoroutineName("receiving from ${wire.peer}"), channel) {
                while (true) {
                    val data = reader.read(LoopStreams.BUFFER_SIZE)
                    if (data.isEmpty()) break
                    channel.writeFully(data)
                    channel.flush()
                }
            }
        receiving = pump
        pump.job.invokeOnCompletion { onLoop(::closeIfDone) }
        return pump
    }

    override fun attachForWriting(channel: ByteChannel): ReaderJob {
        check(sending == null) { "The socket of ${wire.peer} has a write channel already." }
        val pump = reader(CoroutineName("sending to ${wire.peer}"), channel) { send(channel) }
        sending = pump
        sendingChannel = channel
        pump.job.invokeOnCompletion { onLoop(::closeIfDone) }
        return pump
    }

    private suspend fun send(channel: ByteChannel) {
        try {
            while (channel.awaitContent()) {
                channel.read { writer.write(it) }
                writer.drain()
            }
            channel.closedCause?.let { throw it }
        } catch (e: CancellationException) {
            writer.abort()
            throw e
        } catch (e: IOException) {
            // The stream is lost, or whoever wrote into the channel has given up.
            writer.abort()
            throw e
        }
        if (writer.canWriteEof()) writer.writeEof()
    }

    /** What was written is sent; what was not read is dropped. */
    override fun close() {
        onLoop {
            if (!isClosing) {
                isClosing = true
                receiving?.cancel()
                sendingChannel?.close()
                closeIfDone()
            }
        }
    }

    private fun closeIfDone() {
        val isReceiving = receiving?.job?.isCompleted != true
        val isSending = sending?.job?.isCompleted != true
        val isDone = if (isClosing) sending == null || !isSending else !isReceiving && !isSending
        if (isDone) writer.close()
    }

    private fun onLoop(action: () -> Unit) {
        if (runningLoopOrNull() === loop) return action()
        try {
            loop.callSoonThreadsafe { action() }
        } catch (_: IllegalStateException) {
            // The loop is closed, and with it the stream.
        }
    }

    override fun toString(): String = "KtorSocket(${writer.describe()})"
}

private fun ktorAddress(address: java.net.SocketAddress?): SocketAddress =
    when (address) {
        is java.net.InetSocketAddress -> InetSocketAddress(address.address.hostAddress, address.port)
        is java.net.UnixDomainSocketAddress -> UnixSocketAddress(address.path.toString())
        else -> throw IllegalStateException("The system does not tell the address.")
    }
