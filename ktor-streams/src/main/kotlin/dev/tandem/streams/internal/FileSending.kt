package dev.tandem.streams.internal

import dev.tandem.CancelledException
import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.shield
import dev.tandem.streams.ConnectionResetException
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.channels.SocketChannel

/**
 * Sends parts of files over a socket without copying them through this process. Begun on the loop thread.
 *
 * The transfer itself runs on a worker thread: the socket does not block, but the disk may. While it runs, the channel
 * is not closed but marked, and closed by the worker: a descriptor that the system gives to somebody else meanwhile
 * would receive the file.
 */
internal class FileSending(
    private val loop: EventLoop,
    private val channel: SocketChannel,
) {
    /** Why a transfer stopped. */
    enum class Stop { PIECE_SENT, SOCKET_FULL, END_OF_FILE, CONNECTION_LOST }

    class Progress(
        val sent: Long,
        val stop: Stop,
        val loss: IOException? = null,
    )

    /** Guarded by this. */
    private var inUse = false

    /** Guarded by this. */
    private var closeWanted = false

    /** Sends what the socket takes of [count] bytes of [file] from [offset] on, and at most a piece. */
    suspend fun sendSome(
        file: FileChannel,
        offset: Long,
        count: Long,
    ): Progress {
        synchronized(this) { inUse = true }
        val work =
            try {
                loop.runInExecutor(null) {
                    try {
                        transfer(file, offset, minOf(count, PIECE))
                    } finally {
                        endUse()
                    }
                }
            } catch (e: Throwable) {
                endUse()
                throw e
            }
        return awaitToTheEnd(work)
    }

    /** Closes the channel, now or as soon as no worker uses it. */
    @Synchronized
    fun close() {
        if (inUse) closeWanted = true else channel.close()
    }

    @Synchronized
    private fun endUse() {
        inUse = false
        if (closeWanted) channel.close()
    }

    private fun transfer(
        file: FileChannel,
        offset: Long,
        count: Long,
    ): Progress {
        var sent = 0L
        while (sent < count) {
            val some =
                try {
                    file.transferTo(offset + sent, count - sent, channel)
                } catch (e: IOException) {
                    checkReadable(file, offset + sent)
                    return Progress(sent, Stop.CONNECTION_LOST, e)
                }
            if (some > 0) {
                sent += some
            } else {
                return Progress(sent, if (offset + sent >= file.size()) Stop.END_OF_FILE else Stop.SOCKET_FULL)
            }
        }
        return Progress(sent, Stop.PIECE_SENT)
    }

    /** A transfer has failed, and does not say at which end: throws what is wrong with [file], if something is. */
    private fun checkReadable(
        file: FileChannel,
        at: Long,
    ) {
        file.read(ByteBuffer.allocate(1), at)
    }

    private companion object {
        /** A peer that keeps up must not keep a worker for itself, and a cancellation waits for no more than this. */
        const val PIECE = 4L * 1024 * 1024
    }
}

/** Sends [file] by reading and writing it in pieces, for a [transport] that has to see the bytes. */
internal suspend fun sendInPieces(
    transport: StreamTransport,
    file: FileChannel,
    offset: Long,
    count: Long,
): Long {
    val piece = ByteBuffer.allocate(minOf(count, LoopStreams.BUFFER_SIZE.toLong()).toInt())
    var sent = 0L
    while (sent < count) {
        transport.drain()
        if (transport.isClosing) {
            throw ConnectionResetException("The connection to ${transport.peer} was closed by this side")
        }
        piece.clear().limit(minOf(count - sent, piece.capacity().toLong()).toInt())
        val position = offset + sent
        if (awaitToTheEnd(transport.loop.runInExecutor(null) { file.read(piece, position) }) <= 0) break
        piece.flip()
        sent += piece.remaining()
        transport.write(piece)
    }
    transport.drain()
    return sent
}

/**
 * Waits for [work] even if the task is cancelled meanwhile, and throws the cancellation then: interrupting a thread that
 * uses a channel would close it.
 */
internal suspend fun <T> awaitToTheEnd(work: Future<T>): T {
    var cancellation: CancelledException? = null
    while (!work.done()) {
        try {
            shield(work).await()
        } catch (e: CancelledException) {
            cancellation = e
        } catch (_: Exception) {
            break
        }
    }
    cancellation?.let { cancelled ->
        work.exception()?.let(cancelled::addSuppressed)
        throw cancelled
    }
    return work.result()
}
