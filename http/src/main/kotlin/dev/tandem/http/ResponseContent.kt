package dev.tandem.http

import dev.tandem.AsyncIterator
import dev.tandem.http.internal.BodyFile
import dev.tandem.http.internal.BodyLines
import dev.tandem.http.internal.Decompression
import dev.tandem.http.internal.Exchange
import dev.tandem.runningLoop
import dev.tandem.sleep
import io.ktor.utils.io.ByteReadChannel
import io.ktor.utils.io.readAvailable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import java.nio.file.Path
import java.util.concurrent.CancellationException
import kotlin.time.Duration

/**
 * The body of a response as it comes. What is not read yet holds the server back. Each byte is given once. A body that
 * is compressed with gzip or deflate is decompressed while it is read, on the loop, unless the session's
 * `autoDecompress` is off.
 *
 * Each read throws what the connection failed with: a [ClientPayloadException] if the body ended too early or its
 * compression is damaged, a [ClientConnectionException] if the connection was lost, a [dev.tandem.TimeoutException] if
 * a limit of the request ran out. The connection is closed then.
 *
 * **Cancellation.** A cancelled read closes the connection: the rest cannot be had. **Threading.** In a task, one at a
 * time. **Python.** `aiohttp.StreamReader`.
 *
 * ```
 * for (line in response.content.lines()) println(line)
 * ```
 */
public class ResponseContent internal constructor(
    private val exchange: Exchange,
    private val channel: ByteReadChannel,
    /** How many bytes the server has announced, or null. */
    private val announced: Long?,
    /** Undoes the Content-Encoding; null if there is none. */
    private val decompression: Decompression?,
    private val listener: ProgressListener?,
) : AsyncIterator<ByteArray> {
    /** What came from the server, which is less than what is read of a compressed body. */
    private var received = 0L
    private var ended = false

    /** How much of it since other tasks had their turn. */
    private var receivedInTurn = 0

    /** What was received of a compressed body. */
    private val compressed by lazy(LazyThreadSafetyMode.NONE) { ByteArray(COMPRESSED_PIECE) }

    /** What [hasNext] has found. */
    private var next: ByteArray? = null

    /** Waits for the next piece of the body and returns whether there is one. `for (piece in content)` calls it. */
    override suspend fun hasNext(): Boolean {
        if (next == null) next = read(PIECE).takeIf { it.isNotEmpty() }
        return next != null
    }

    /** Returns the piece that [hasNext] has found. */
    override fun next(): ByteArray {
        val found = next ?: throw NoSuchElementException("Ask hasNext() first, or use a for loop.")
        next = null
        return found
    }

    /** Waits for at least one byte and returns at most [max]; none means the end of the body. */
    public suspend fun read(max: Int = PIECE): ByteArray {
        require(max > 0) { "At least one byte must be asked for, not $max." }
        val found = next
        if (found != null) {
            next = found.copyOfRange(minOf(max, found.size), found.size).takeIf { it.isNotEmpty() }
            return found.copyOf(minOf(max, found.size))
        }
        val buffer = ByteArray(minOf(max, PIECE))
        val count = readInto(buffer)
        return if (count == buffer.size) buffer else buffer.copyOf(count)
    }

    /**
     * The body's lines, decoded from UTF-8, without their `\n` or `\r\n`.
     *
     * @param limit how many bytes a line may have; a longer one throws a [ClientPayloadException]
     */
    public fun lines(limit: Int = DEFAULT_LINE_LIMIT): AsyncIterator<String> = BodyLines(this, exchange, limit)

    /** The body's pieces as a flow, to be collected once, in a task. */
    public fun asFlow(): Flow<ByteArray> =
        flow {
            while (hasNext()) emit(next())
        }

    /**
     * Writes the rest of the body to the file [path], in place of what is there, and returns how many bytes that was.
     * If this fails or is cancelled, the file has what came until then.
     *
     * @throws java.io.IOException if the file cannot be written; the response stays open then.
     */
    public suspend fun saveTo(path: Path): Long {
        val loop = runningLoop()
        var written = 0L
        try {
            BodyFile(path).use { file ->
                loop.runInExecutor(null) { file.open() }.await()
                while (hasNext()) {
                    val piece = next()
                    loop.runInExecutor(null) { file.write(piece) }.await()
                    written += piece.size
                }
            }
        } catch (e: CancellationException) {
            // While the disk was waited for, of which the exchange knows nothing.
            exchange.close()
            throw e
        }
        return written
    }

    /** All that is left, if that is no more than [limit] bytes. */
    internal suspend fun readAll(limit: Int): ByteArray {
        val size = announced.takeIf { decompression == null }
        if (size != null && size > limit) throw tooLarge(limit)
        var all = ByteArray(minOf(size ?: PIECE.toLong(), FIRST_BUFFER).toInt())
        var length = 0
        while (true) {
            val piece = read()
            if (piece.isEmpty()) return if (length == all.size) all else all.copyOf(length)
            val needed = length + piece.size.toLong()
            if (needed > limit) throw tooLarge(limit)
            if (needed > all.size) all = all.copyOf(minOf(maxOf(all.size * 2L, needed), limit.toLong()).toInt())
            piece.copyInto(all, length)
            length += piece.size
        }
    }

    private fun tooLarge(limit: Int): ClientPayloadException {
        exchange.close()
        return ClientPayloadException(
            "${exchange.what}: the body is larger than $limit bytes. Read response.content piece by piece, or raise " +
                "maxBodySize.",
        )
    }

    /** Returns how many bytes were read: at least one, or none at the end. */
    private suspend fun readInto(buffer: ByteArray): Int {
        if (ended) return 0
        if (decompression != null) return decompressInto(buffer, decompression)
        val count = receiveInto(buffer)
        // No read is needed to know that this was all, and the connection is free.
        if (count == 0 || received == announced) end()
        return count
    }

    private suspend fun decompressInto(
        buffer: ByteArray,
        decompression: Decompression,
    ): Int {
        var hasWaited = false
        while (true) {
            val count = exchange.guarded(isBody = true) { decompression.inflate(buffer) }
            if (count > 0) {
                // A little of what was received can be a lot to read.
                if (!hasWaited) giveTurn()
                return count
            }
            val arrived = if (received == announced) 0 else receiveInto(compressed)
            if (arrived == 0) break
            hasWaited = true
            decompression.feed(compressed, arrived)
        }
        if (!decompression.canEnd) {
            exchange.close()
            throw ClientPayloadException("${exchange.what}: the body ended in the middle of its compressed data.")
        }
        end()
        return 0
    }

    /** Returns how many bytes came from the server: at least one, or none at the end. */
    private suspend fun receiveInto(buffer: ByteArray): Int {
        val count =
            exchange.guarded(isBody = true) {
                // A channel that has failed says -1, too.
                channel.readAvailable(buffer, 0, buffer.size).also { if (it < 0) channel.closedCause?.let { throw it } }
            }
        if (count > 0) {
            received += count
            listener?.onProgress(received, announced)
            receivedInTurn += count
            if (receivedInTurn >= TURN) giveTurn()
            return count
        }
        if (announced != null && received < announced) {
            exchange.close()
            throw ClientPayloadException("${exchange.what}: the body ended after $received of $announced bytes.")
        }
        return 0
    }

    /** The engine's threads can be as quick as the reader, who would never wait, and keep the loop from all others. */
    private suspend fun giveTurn() {
        receivedInTurn = 0
        exchange.guarded(isBody = true) { sleep(Duration.ZERO) }
    }

    /** A body of no bytes needs no read to be over. */
    internal fun endIfEmpty(): ResponseContent = also { if (announced == 0L) end() }

    override fun toString(): String =
        "ResponseContent(${exchange.what}, $received ${if (announced == null) "" else "of $announced "}bytes received)"

    private fun end() {
        ended = true
        exchange.complete()
    }

    public companion object {
        /** The limit of [lines]: 64 KiB. */
        public const val DEFAULT_LINE_LIMIT: Int = 64 * 1024

        private const val PIECE = 64 * 1024
        private const val COMPRESSED_PIECE = 16 * 1024
        private const val TURN = 256 * 1024

        /** What a server announces it need not send. */
        private const val FIRST_BUFFER = 1024L * 1024
    }
}
