package dev.tandem.streams.internal

import java.nio.ByteBuffer

/**
 * What a reader has received and not yet handed out: `bytes[start until end]`.
 *
 * Owns no memory while it is empty and large, so that an idle connection costs little. Loop thread only.
 */
internal class ReadBuffer {
    private var bytes = NOTHING
    private var start = 0
    private var end = 0

    /** How many bytes the reader waits for; the array grows to exactly this, to be handed out without a copy. */
    private var expected = 0

    val size: Int get() = end - start

    fun isEmpty(): Boolean = start == end

    /** Announces that [count] bytes will be taken at once. */
    fun expect(count: Int) {
        expected = count
    }

    fun append(arrived: ByteBuffer) {
        val count = arrived.remaining()
        makeRoom(count)
        arrived.get(bytes, end, count)
        end += count
    }

    /** Takes at most [most] bytes from [arrived] and keeps the rest; for an empty buffer. */
    fun takeArrived(
        arrived: ByteBuffer,
        most: Int,
    ): ByteArray {
        val taken = ByteArray(minOf(most, arrived.remaining()))
        arrived.get(taken)
        if (arrived.hasRemaining()) append(arrived)
        return taken
    }

    /** Moves what fits of [arrived] into [target] and keeps the rest; for an empty buffer. Returns what was moved. */
    fun moveArrived(
        arrived: ByteBuffer,
        target: ByteBuffer,
    ): Int {
        val count = minOf(arrived.remaining(), target.remaining())
        val all = arrived.limit()
        target.put(arrived.limit(arrived.position() + count))
        arrived.limit(all)
        if (arrived.hasRemaining()) append(arrived)
        return count
    }

    fun take(count: Int): ByteArray {
        val whole = start == 0 && count == bytes.size
        val taken = if (whole) bytes else bytes.copyOfRange(start, start + count)
        if (whole) bytes = NOTHING
        drop(count)
        return taken
    }

    fun move(target: ByteBuffer): Int {
        val count = minOf(size, target.remaining())
        target.put(bytes, start, count)
        drop(count)
        return count
    }

    fun drop(count: Int) {
        start += count
        expected = 0
        if (start < end) return
        start = 0
        end = 0
        if (bytes.size > KEPT_WHEN_EMPTY) bytes = NOTHING
    }

    /**
     * Returns which of [shortestFirst] ends first, from [from] on, or null if none is there. Of two that end at the same
     * place it is the shorter.
     */
    fun indexOfFirst(
        shortestFirst: Array<ByteArray>,
        from: Int,
    ): SeparatorAt? {
        var found: SeparatorAt? = null
        for (separator in shortestFirst) {
            val at = indexOf(separator, from, found?.end ?: size)
            if (at >= 0 && (found == null || at + separator.size < found.end)) found = SeparatorAt(at, separator.size)
        }
        return found
    }

    /** A separator that was found: where it begins, and its size. */
    class SeparatorAt(
        val start: Int,
        size: Int,
    ) {
        val end: Int = start + size
    }

    /**
     * Returns where [separator] begins, at [from] or later and ending by [until], counted from the first byte; -1
     * if it is not there.
     */
    fun indexOf(
        separator: ByteArray,
        from: Int,
        until: Int = size,
    ): Int {
        val last = start + until - separator.size
        var at = start + from
        while (at <= last) {
            if (bytes[at] == separator[0] && matches(at, separator)) return at - start
            at++
        }
        return -1
    }

    /** Whether [expected] is at [index], counted from the first byte. */
    fun matchesAt(
        index: Int,
        expected: ByteArray,
    ): Boolean = index + expected.size <= size && matches(start + index, expected)

    private fun matches(
        at: Int,
        expected: ByteArray,
    ): Boolean {
        for (i in expected.indices) if (bytes[at + i] != expected[i]) return false
        return true
    }

    private fun makeRoom(count: Int) {
        if (end + count <= bytes.size) return
        val needed = size + count
        val capacity =
            when {
                needed <= bytes.size -> bytes.size
                needed <= expected && 2L * needed >= expected -> expected
                else -> maxOf(needed, minOf(2L * bytes.size, MOST).toInt(), SMALLEST)
            }
        val target = if (capacity == bytes.size) bytes else ByteArray(capacity)
        System.arraycopy(bytes, start, target, 0, size)
        bytes = target
        end -= start
        start = 0
    }

    private companion object {
        val NOTHING = ByteArray(0)
        const val SMALLEST = 512
        const val KEPT_WHEN_EMPTY = 16 * 1024
        const val MOST = Int.MAX_VALUE - 8L
    }
}
