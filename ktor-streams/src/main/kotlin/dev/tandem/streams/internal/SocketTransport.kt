package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.Future
import dev.tandem.TimerHandle
import dev.tandem.shield
import dev.tandem.streams.ConnectionResetException
import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.nio.channels.FileChannel
import java.nio.channels.SocketChannel
import kotlin.time.Duration

/**
 * A connected socket: reads when asked, writes at once what the system takes and queues the rest. Loop thread only.
 *
 * | state     | reads           | writes  | entered by                    | left when                                   |
 * |-----------|-----------------|---------|-------------------------------|---------------------------------------------|
 * | OPEN      | from the socket | sent    | the constructor               |                                             |
 * | FLUSHING  | from the socket | dropped | [close], with a queue         | the queue is empty                          |
 * | LINGERING | the end         | dropped | [closeAfterPeer], queue empty | the peer has closed, or time runs out       |
 * | CLOSED    | the end         | dropped | [close], [abort], [lose]      |                                             |
 *
 * Invariant: while [queue] has anything, the loop watches for writability and calls [onWritable].
 */
internal class SocketTransport(
    private val streams: LoopStreams,
    private val channel: SocketChannel,
    override val peer: String,
    override val localAddress: SocketAddress? = channel.localAddress,
) : StreamTransport {
    private enum class State { OPEN, FLUSHING, LINGERING, CLOSED }

    private var state = State.OPEN
    private val queue = WriteQueue()
    private val reading = SocketReading(streams, channel)
    private val marks = WaterMarks(streams.loop)

    /** What sends files, once one was sent: it decides when the channel can be closed. */
    private var fileSending: FileSending? = null

    /** Present while [sendFile] waits for the queue to be empty. */
    private var flushed: Future<Unit>? = null

    private var eofWanted = false
    private var eofSent = false

    /** How long to wait for the peer's end before closing; null: not at all. */
    private var lingerLimit: Duration? = null
    private var lingerTimer: TimerHandle? = null

    override var failure: IOException? = null
        private set

    private val gone: Future<Unit> = streams.loop.createFuture()
    private val closedWithLoop = ClosedWithLoop()
    private val closeActions = ArrayList<() -> Unit>(1)

    override val loop: EventLoop get() = streams.loop
    override val remoteAddress: SocketAddress? = channel.remoteAddress
    override val arrivals: ByteBuffer get() = streams.arrivals

    /** Enough to notice that the system has no more, and too little to be worth a buffer of its own. */
    override val spareRoom: Int get() = SPARE_ROOM
    override val isClosing: Boolean get() = state != State.OPEN
    override val queuedBytes: Int get() = queue.size
    override val canWriteEof: Boolean get() = true

    init {
        streams.add(closedWithLoop)
    }

    // ---- reading --------------------------------------------------------------------------------------------------

    override fun read(target: ByteBuffer): Int {
        if (state == State.LINGERING || state == State.CLOSED) return failure?.let { throw it } ?: -1
        try {
            return reading.read(target)
        } catch (e: IOException) {
            throw lose(e)
        }
    }

    override suspend fun awaitReadable() {
        reading.expectMore()
        loop.awaitReadable(channel)
    }

    override val holdsData: Boolean get() = false

    override fun watch(action: () -> Unit) {
        reading.expectMore()
        loop.addReader(channel) {
            reading.expectMore()
            action()
        }
    }

    override fun unwatch() {
        loop.removeReader(channel)
    }

    // ---- writing --------------------------------------------------------------------------------------------------

    override fun write(
        source: ByteArray,
        offset: Int,
        length: Int,
    ) {
        if (!takesWrites()) return
        var sent = 0
        if (queue.isEmpty()) {
            val passage = streams.passage
            while (sent < length) {
                passage.clear()
                passage.put(source, offset + sent, minOf(passage.capacity(), length - sent)).flip()
                sent += send(passage)
                if (passage.hasRemaining()) break
            }
        }
        if (sent < length && state == State.OPEN) enqueue(ByteBuffer.wrap(source, offset + sent, length - sent))
    }

    override fun write(source: ByteBuffer) {
        when {
            source.hasArray() -> {
                write(source.array(), source.arrayOffset() + source.position(), source.remaining())
                source.position(source.limit())
            }
            !takesWrites() -> source.position(source.limit())
            else -> {
                var goesOn = queue.isEmpty()
                while (goesOn && source.hasRemaining()) goesOn = sendSlice(source)
                if (source.hasRemaining() && state == State.OPEN) enqueue(source)
                source.position(source.limit())
            }
        }
    }

    override suspend fun sendFile(
        file: FileChannel,
        offset: Long,
        count: Long,
    ): Long {
        val sending = fileSending ?: FileSending(loop, channel).also { fileSending = it }
        var sent = 0L
        awaitFlushed()
        while (sent < count) {
            val progress = sending.sendSome(file, offset + sent, count - sent)
            sent += progress.sent
            progress.loss?.let { if (state == State.OPEN) throw lose(it) }
            throwUnlessOpen()
            if (progress.stop == FileSending.Stop.END_OF_FILE) break
            if (progress.stop == FileSending.Stop.SOCKET_FULL) awaitWritable()
        }
        return sent
    }

    private suspend fun awaitFlushed() {
        throwUnlessOpen()
        while (!queue.isEmpty()) {
            val empty = loop.createFuture<Unit>()
            flushed = empty
            try {
                empty.await()
            } finally {
                flushed = null
            }
            throwUnlessOpen()
        }
    }

    private suspend fun awaitWritable() {
        try {
            loop.awaitWritable(channel)
        } catch (_: ClosedChannelException) {
            // Lost, or closed by this side: the next line tells.
        }
        throwUnlessOpen()
    }

    override fun setWaterMarks(
        high: Int,
        low: Int,
    ) {
        marks.set(high, low)
        checkWaterMarks()
    }

    override fun onWaterMark(action: (Boolean) -> Unit) {
        marks.watcher = action
    }

    override suspend fun drain() {
        // Also while the rest is sent: whoever writes and drains in a loop would never wait again.
        throwUnlessOpen()
        if (marks.isAbove) awaitBelowMark()
    }

    private suspend fun awaitBelowMark() {
        while (marks.isAbove) {
            marks.awaitBelow()
            throwIfGone()
        }
    }

    override fun writeEof() {
        if (eofWanted || state != State.OPEN) return
        eofWanted = true
        if (queue.isEmpty()) sendEof()
    }

    private fun takesWrites(): Boolean {
        check(!eofWanted) { "write() after writeEof(): the end of the stream to $peer was announced already." }
        return state == State.OPEN
    }

    private fun enqueue(rest: ByteBuffer) {
        val wasEmpty = queue.isEmpty()
        queue.add(rest)
        if (wasEmpty) loop.addWriter(channel, ::onWritable)
        checkWaterMarks()
    }

    /** Leaves the rest for the next pass if there is much: a peer that reads as fast would keep the loop from all else. */
    private fun onWritable() {
        val enough = queue.size - MOST_SENT_A_PASS
        while (!queue.isEmpty() && queue.size > enough) {
            if (!queue.sendHead(::sendSlice)) break
        }
        checkWaterMarks()
        if (!queue.isEmpty() || state == State.CLOSED) return
        loop.removeWriter(channel)
        if (eofWanted) sendEof()
        if (state == State.FLUSHING) closeFlushed()
    }

    /** Sends the first bytes of [source], and returns whether the system took all that it was offered. */
    private fun sendSlice(source: ByteBuffer): Boolean {
        if (source.isDirect) {
            send(source)
            return !source.hasRemaining()
        }
        val passage = streams.passage
        val count = minOf(passage.capacity(), source.remaining())
        passage.clear()
        passage.put(0, source, source.position(), count).limit(count)
        source.position(source.position() + send(passage))
        return !passage.hasRemaining()
    }

    /** Returns how many bytes of [source], a direct buffer, the system took; 0 also when the connection is lost. */
    private fun send(source: ByteBuffer): Int =
        try {
            channel.write(source)
        } catch (e: IOException) {
            lose(e)
            0
        }

    private fun sendEof() {
        if (eofSent || state == State.CLOSED) return
        eofSent = true
        try {
            channel.shutdownOutput()
        } catch (e: IOException) {
            lose(e)
        }
    }

    override fun <T> getOption(option: SocketOption<T>): T? = channel.getOption(option)

    override fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    ) {
        channel.setOption(option, value)
    }

    private fun checkWaterMarks() {
        if (queue.isEmpty()) flushed?.complete(Unit)
        if (state == State.CLOSED) marks.release() else marks.check(queue.size)
    }

    private fun throwIfGone() {
        failure?.let { throw it }
        if (state == State.CLOSED) throw closedByThisSide()
    }

    private fun throwUnlessOpen() {
        failure?.let { throw it }
        if (state != State.OPEN) throw closedByThisSide()
    }

    private fun closedByThisSide() = ConnectionResetException("The connection to $peer was closed by this side")

    // ---- closing --------------------------------------------------------------------------------------------------

    override fun close() {
        if (state != State.OPEN) return
        state = State.FLUSHING
        if (queue.isEmpty()) closeFlushed()
    }

    /**
     * Closes as [close] does, but lets the peer close first: a socket that is closed while something unread arrives
     * resets the connection, and may destroy what was sent last. For protocols that say farewell. After [limit] it is
     * closed all the same; what the peer has not taken until then makes it a failure.
     */
    fun closeAfterPeer(limit: Duration) {
        if (state != State.OPEN) return
        lingerLimit = limit
        lingerTimer = loop.callLater(limit) { stopLingering(limit) }
        close()
    }

    private fun stopLingering(limit: Duration) {
        if (!queue.isEmpty() && failure == null) {
            failure =
                ConnectionResetException("$peer did not take the last ${queue.size} bytes within $limit of close()")
        }
        abort()
    }

    override fun abort() {
        if (state != State.CLOSED) closeChannel()
    }

    override suspend fun waitClosed() {
        if (!gone.done()) shield(gone).await()
        failure?.let { throw it }
    }

    override fun onClosed(action: () -> Unit) {
        if (state == State.CLOSED) action() else closeActions.add(action)
    }

    private fun closeFlushed() {
        if (lingerLimit == null) return closeChannel()
        sendEof()
        if (state == State.CLOSED) return
        state = State.LINGERING
        loop.addReader(channel, ::onLingerReadable)
    }

    private fun onLingerReadable() {
        val unwanted = streams.passage
        repeat(LINGER_READS_A_PASS) {
            unwanted.clear()
            val count =
                try {
                    channel.read(unwanted)
                } catch (_: IOException) {
                    // The peer reset what we were about to close: that is an end as well.
                    -1
                }
            if (count < 0) return closeChannel()
            if (count < unwanted.capacity()) return
        }
    }

    /** Ends a connection that the system reports as broken, and returns what readers and drains get. */
    private fun lose(reason: IOException): ConnectionResetException {
        val lost = ConnectionResetException("The connection to $peer was lost: ${reason.message ?: reason}", reason)
        if (failure == null) failure = lost
        closeChannel()
        return lost
    }

    private fun closeChannel() {
        state = State.CLOSED
        queue.clear()
        lingerTimer?.cancel()
        try {
            fileSending?.close() ?: channel.close()
        } catch (_: IOException) {
            // The descriptor is free all the same, and nothing more could be done about it.
        }
        loop.channelClosed(channel)
        streams.remove(closedWithLoop)
        checkWaterMarks()
        gone.complete(Unit)
        closeActions.forEach { it() }
        closeActions.clear()
    }

    override fun toString(): String = "$peer, ${state.name.lowercase()}, $queuedBytes bytes to send"

    private inner class ClosedWithLoop : OpenResource {
        override val isClosing: Boolean get() = state != State.OPEN
        override val createdAt = if (loop.debug) Throwable("opened here") else null

        override fun close() = abort()

        override fun toString(): String = "The connection to $peer"
    }

    private companion object {
        const val SPARE_ROOM = 512
        const val MOST_SENT_A_PASS = 1024 * 1024
        const val LINGER_READS_A_PASS = 16
    }
}
