package dev.tandem.streams

import dev.tandem.AsyncIterator
import dev.tandem.streams.internal.ByteSource
import dev.tandem.streams.internal.NoWaitReader
import dev.tandem.streams.internal.ReadBuffer
import dev.tandem.streams.internal.WaitingRead
import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import java.util.Objects
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn

/**
 * The receiving end of a stream.
 *
 * A read takes what the system has and waits only when there is nothing. Nothing is read ahead of need, so a peer that
 * sends faster than this side reads is slowed down by TCP itself. A read consumes what it returns and nothing else:
 * **a cancelled read loses no byte**, and the reader goes on as if it had never been called.
 *
 * One task at a time may read. **Threading.** In a task; the members that do not suspend, loop thread only.
 * **Python.** `asyncio.StreamReader`. Differs from asyncio: the end of the stream and a reset are noticed by the read
 * that meets them, after everything that came before; [atEof] knows only then.
 *
 * @see openConnection
 * @see startServer
 */
public class StreamReader internal constructor(
    internal var source: ByteSource,
    /** How many bytes [readLine] and [readUntil] search for the separator. */
    public val limit: Int,
) {
    private val buffered = ReadBuffer()
    private var endSeen = false
    private var isReading = false
    private val noWait = NoWait()

    /** How many pulls in a row have found something, without a wait in between. */
    private var pullsInARow = 0

    /** Made by the first [readInto] that has to wait. */
    private var waitingRead: WaitingRead? = null

    /**
     * Waits for at least one byte and returns at most [n]; no byte means the end of the stream (or that [n] is zero).
     *
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun read(n: Int): ByteArray {
        require(n >= 0) { "read($n): the number of bytes is negative. read() without a number reads to the end." }
        checkAlone()
        if (n == 0) return EMPTY
        while (buffered.isEmpty()) {
            val count = receive()
            if (count > 0) return buffered.takeArrived(source.arrivals, n)
            if (count < 0) return EMPTY
            awaitArrival()
        }
        return buffered.take(minOf(n, buffered.size))
    }

    /**
     * Waits for the end of the stream and returns all that comes before, however much.
     *
     * @throws ConnectionResetException if the connection was lost; what came before it can still be read.
     */
    public suspend fun read(): ByteArray {
        checkAlone()
        while (fill()) {
            // Everything stays in the buffer until the end has come: a cancelled call has consumed nothing.
        }
        return buffered.take(buffered.size)
    }

    /**
     * Waits for exactly [n] bytes, whatever the [limit], and returns them.
     *
     * @throws IncompleteReadException if the stream ended before; it holds what there was.
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun readExactly(n: Int): ByteArray {
        require(n >= 0) { "readExactly($n): the number of bytes is negative." }
        checkAlone()
        while (buffered.size < n) {
            buffered.expect(n)
            if (fill()) continue
            val partial = buffered.take(buffered.size)
            throw IncompleteReadException(
                "${source.peer} ended the stream after ${partial.size} of $n bytes",
                partial,
                n,
            )
        }
        return buffered.take(n)
    }

    /**
     * Waits for a line and returns it with its `\n`. At the end of the stream it returns what is left, without `\n`:
     * no byte when there is nothing.
     *
     * @throws LimitOverrunException if the line is longer than [limit]. It is dropped, as far as it has arrived: the
     * next read begins after its end, or in the middle of it if the end was not there yet.
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun readLine(): ByteArray =
        try {
            readUntil(NEWLINE)
        } catch (e: IncompleteReadException) {
            e.partial
        } catch (e: LimitOverrunException) {
            if (buffered.matchesAt(e.consumed, NEWLINE)) buffered.drop(e.consumed + 1) else buffered.drop(buffered.size)
            throw e
        }

    /**
     * Waits for [separator] and returns what comes before it, followed by the separator itself.
     *
     * @throws LimitOverrunException if more than [limit] bytes come before the separator. They stay in the reader:
     * reading [LimitOverrunException.consumed] bytes takes them out.
     * @throws IncompleteReadException if the stream ended before; it holds what there was.
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun readUntil(separator: ByteArray): ByteArray {
        require(separator.isNotEmpty()) { "The separator has no bytes." }
        checkAlone()
        var searched = 0
        while (true) {
            val at = buffered.indexOf(separator, searched)
            if (at > limit) throw overrun("ends after $at bytes", at)
            if (at >= 0) return buffered.take(at + separator.size)
            // The last bytes may be the first of a separator whose rest has not arrived yet.
            searched = maxOf(0, buffered.size - separator.size + 1)
            if (searched > limit) throw overrun("has no end within $searched bytes", searched)
            if (!fill()) throw endBeforeSeparator()
        }
    }

    /**
     * Waits for one of [separators] and returns what comes before it, followed by the separator itself. The one that ends
     * first counts, whatever their order: after `\n` nothing is waited for that could make it `\n\n`.
     *
     * ```
     * val line = reader.readUntil("\r\n".toByteArray(), "\n".toByteArray())
     * ```
     *
     * **Python.** `readuntil` with a tuple, since 3.13.
     *
     * @throws LimitOverrunException as the overload with one separator.
     * @throws IncompleteReadException as the overload with one separator.
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun readUntil(vararg separators: ByteArray): ByteArray {
        require(separators.isNotEmpty()) { "There is no separator." }
        require(separators.all { it.isNotEmpty() }) { "A separator has no bytes." }
        checkAlone()
        @Suppress("UNCHECKED_CAST")
        val shortestFirst = (separators.clone() as Array<ByteArray>).apply { sortBy { it.size } }
        var searched = 0
        while (true) {
            val found = buffered.indexOfFirst(shortestFirst, searched)
            if (found != null) {
                if (found.start > limit) throw overrun("ends after ${found.start} bytes", found.start)
                return buffered.take(found.end)
            }
            searched = maxOf(0, buffered.size - shortestFirst.last().size + 1)
            if (searched > limit) throw overrun("has no end within $searched bytes", searched)
            if (!fill()) throw endBeforeSeparator()
        }
    }

    /**
     * Returns an iterator over the lines that are still to come, each as [readLine] returns it, until the end of the
     * stream. It waits for a line when it is asked for the next one, and throws what [readLine] throws.
     *
     * **Python.** `async for line in reader`.
     *
     * ```
     * for (line in reader.lines()) println(line.decodeToString().trimEnd())
     * ```
     */
    public fun lines(): AsyncIterator<ByteArray> = Lines(this)

    /**
     * Waits for at least one byte, puts as many as there are and fit into [target], but 1 MiB at most, and returns how
     * many; -1 means the end of the stream. Allocates nothing, also when it waits, but the number itself when that
     * differs from the last one; a direct buffer saves a copy, and one that takes a whole message saves calls.
     *
     * @throws ConnectionResetException if the connection was lost.
     */
    public suspend fun readInto(target: ByteBuffer): Int {
        require(!target.isReadOnly) { "readInto(): the buffer is a read-only one." }
        checkAlone()
        if (!target.hasRemaining()) return 0
        val count = noWait.readNow(target)
        return suspendCoroutineUninterceptedOrReturn { caller ->
            if (count != 0) noWait.box(count) else waiting().begin(source, target, caller)
        }
    }

    /** Puts bytes into [target], from [offset] on and at most [length]; otherwise as the overload with a buffer. */
    public suspend fun readInto(
        target: ByteArray,
        offset: Int = 0,
        length: Int = target.size - offset,
    ): Int {
        Objects.checkFromIndexSize(offset, length, target.size)
        return readInto(ByteBuffer.wrap(target, offset, length))
    }

    /** Returns whether everything was read and a read has met the end of the stream. */
    public fun atEof(): Boolean = endSeen && buffered.isEmpty()

    override fun toString(): String =
        "StreamReader(${source.peer}, ${buffered.size} bytes buffered${if (endSeen) ", at the end" else ""})"

    private fun waiting() = waitingRead ?: WaitingRead(noWait).also { waitingRead = it }

    private inner class NoWait : NoWaitReader {
        private var lastCount: Int? = null

        override fun readNow(target: ByteBuffer): Int {
            if (!buffered.isEmpty()) return buffered.move(target)
            // A small target is filled from the loop's own buffer: see ByteSource.read about what a full one costs.
            if (target.isDirect && target.remaining() >= source.arrivals.capacity()) return pull(target)
            val count = receive(target.remaining())
            return if (count > 0) buffered.moveArrived(source.arrivals, target) else count
        }

        /** Whoever reads one buffer full after the other gets one object over and over. */
        override fun box(count: Int): Any? {
            if (lastCount != count) lastCount = count
            return lastCount
        }
    }

    /** Adds what has arrived to the buffer, after waiting for it if need be; false at the end of the stream. */
    private suspend fun fill(): Boolean {
        while (true) {
            val count = receive()
            if (count > 0) buffered.append(source.arrivals)
            if (count != 0) return count > 0
            awaitArrival()
        }
    }

    /**
     * Reads what is there, of which [wanted] bytes will be used at once, into the loop's buffer for arrivals; to be taken
     * out before anybody else runs.
     */
    private fun receive(wanted: Int = Int.MAX_VALUE): Int {
        val arrivals = source.arrivals
        arrivals.clear()
        val room = wanted + source.spareRoom.toLong()
        if (room < arrivals.capacity()) arrivals.limit(room.toInt())
        val count = pull(arrivals)
        arrivals.flip()
        return count
    }

    /**
     * Returns 0 now and then although there is more: a peer that sends faster than this side reads would keep the other
     * tasks of the loop from running, since nothing would ever have to be waited for.
     */
    private fun pull(target: ByteBuffer): Int {
        if (endSeen) return -1
        if (pullsInARow == MOST_PULLS_IN_A_ROW) {
            pullsInARow = 0
            return 0
        }
        val count = source.read(target)
        if (count < 0) endSeen = true
        if (count > 0) pullsInARow++ else pullsInARow = 0
        return count
    }

    /** Inline, since a suspending function of its own would cost an object for each wait. */
    @Suppress("NOTHING_TO_INLINE")
    private suspend inline fun awaitArrival() {
        isReading = true
        try {
            source.awaitReadable()
        } catch (_: ClosedChannelException) {
            // This side has closed the stream meanwhile; the next pull says how it ended.
        } finally {
            isReading = false
        }
    }

    /**
     * Hands over what has arrived and was not read, for a change of [source] that nobody may be reading across.
     */
    internal fun takeUnread(): ByteArray {
        checkAlone()
        return buffered.take(buffered.size)
    }

    /** Keeps others from reading while [body] reads from [source] itself. */
    internal inline fun <T> reserved(body: () -> T): T {
        isReading = true
        try {
            return body()
        } finally {
            isReading = false
        }
    }

    private fun checkAlone() {
        check(!isReading && waitingRead?.isWaiting != true) {
            "Another task waits to read from ${source.peer} already: let one task do the reading."
        }
    }

    private fun endBeforeSeparator(): IncompleteReadException {
        val partial = buffered.take(buffered.size)
        val what = "${source.peer} ended the stream after ${partial.size} bytes, before the separator"
        return IncompleteReadException(what, partial)
    }

    private fun overrun(
        what: String,
        consumed: Int,
    ) = LimitOverrunException("A line or piece from ${source.peer} $what; the limit is $limit", consumed)

    internal companion object {
        /** 64 KiB, as in asyncio. */
        const val DEFAULT_LIMIT: Int = 64 * 1024

        /** A mebibyte, with the buffers that the loops have. */
        private const val MOST_PULLS_IN_A_ROW = 16

        private val EMPTY = ByteArray(0)
        private val NEWLINE = byteArrayOf('\n'.code.toByte())

        fun checkLimit(limit: Int) {
            require(limit > 0) { "The limit of a stream must be positive, not $limit." }
        }
    }
}

private class Lines(
    private val reader: StreamReader,
) : AsyncIterator<ByteArray> {
    private var line: ByteArray? = null

    override suspend fun hasNext(): Boolean {
        if (line == null) line = reader.readLine().takeIf { it.isNotEmpty() }
        return line != null
    }

    override fun next(): ByteArray {
        val found = line ?: throw NoSuchElementException("Ask hasNext() first, or use a for loop.")
        line = null
        return found
    }
}
