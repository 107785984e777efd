package dev.tandem.streams.internal

import java.nio.ByteBuffer

/** Bytes on their way out that the system has not taken yet, in chunks that small pieces share. Loop thread only. */
internal class WriteQueue {
    /** Each from its position to its limit; the last may have room behind its limit. */
    private val chunks = ArrayDeque<ByteBuffer>(0)

    /** How many bytes there are. */
    var size = 0
        private set

    fun isEmpty(): Boolean = chunks.isEmpty()

    /** Has [send] take some of the first chunk, and returns what it does: whether to go on. */
    inline fun sendHead(send: (ByteBuffer) -> Boolean): Boolean {
        val head = chunks.first()
        val before = head.remaining()
        val goesOn = send(head)
        // A connection that was lost meanwhile has emptied the queue.
        if (chunks.isEmpty()) return false
        size -= before - head.remaining()
        if (!head.hasRemaining()) chunks.removeFirst()
        return goesOn
    }

    /** Copies all of [source]: its owner may change it at once. */
    fun add(source: ByteBuffer) {
        size += source.remaining()
        val last = chunks.lastOrNull()
        if (last != null && last.capacity() - last.limit() >= source.remaining()) {
            val end = last.limit()
            last.limit(end + source.remaining())
            last.put(end, source, source.position(), source.remaining())
        } else {
            val chunk = ByteBuffer.allocate(maxOf(source.remaining(), SMALLEST_CHUNK))
            chunk.put(0, source, source.position(), source.remaining())
            chunk.limit(source.remaining())
            chunks.addLast(chunk)
        }
    }

    fun clear() {
        chunks.clear()
        size = 0
    }

    private companion object {
        const val SMALLEST_CHUNK = 4 * 1024
    }
}
