package dev.tandem.streams.internal

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel

/** Reads from a connected socket, with as few system calls as will do; see [ByteSource.read]. Loop thread only. */
internal class SocketReading(
    private val streams: LoopStreams,
    private val channel: SocketChannel,
) {
    /** Whether the last read has emptied the system's buffer. */
    private var emptied = false

    /** What ended the connection in a call that had data to return: the next one throws it. */
    private var failure: IOException? = null

    fun read(target: ByteBuffer): Int {
        failure?.let { throw it }
        if (emptied) return 0
        val count = if (target.isDirect) readInSteps(target) else readThroughPassage(target)
        emptied = count >= 0 && target.hasRemaining() && failure == null
        return count
    }

    /** The loop has said, or will say, that there is more. */
    fun expectMore() {
        emptied = false
    }

    /**
     * Fills a large buffer step by step, since the system acknowledges what came only when a read ends. One long read
     * holds the peer's next window back, and a peer that measures the path by acknowledgements, as BBR does, slows down.
     */
    private fun readInSteps(target: ByteBuffer): Int {
        val start = target.position()
        val limit = target.limit()
        val most = start + minOf(limit - start, MOST_READ_A_CALL)
        try {
            do {
                target.limit(minOf(most, target.position() + STEP))
                val count = channel.read(target)
                if (count < 0 && target.position() == start) return count
            } while (count > 0 && !target.hasRemaining() && target.position() < most)
        } catch (e: IOException) {
            if (target.position() == start) throw e
            failure = e
        } finally {
            target.limit(limit)
        }
        return target.position() - start
    }

    /** A heap buffer is filled by way of [LoopStreams.passage]. */
    private fun readThroughPassage(target: ByteBuffer): Int {
        val passage = streams.passage
        passage.clear().limit(minOf(passage.capacity(), target.remaining()))
        val count = channel.read(passage)
        target.put(passage.flip())
        return count
    }

    private companion object {
        const val STEP = 64 * 1024
        const val MOST_READ_A_CALL = 1024 * 1024
    }
}
