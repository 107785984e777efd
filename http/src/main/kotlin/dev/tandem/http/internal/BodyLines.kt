package dev.tandem.http.internal

import dev.tandem.AsyncIterator
import dev.tandem.http.ClientPayloadException
import dev.tandem.http.ResponseContent

/** The lines of a body. It keeps what came behind the last line, which is little more than [limit] bytes. */
internal class BodyLines(
    private val content: ResponseContent,
    private val exchange: Exchange,
    private val limit: Int,
) : AsyncIterator<String> {
    private var bytes = ByteArray(0)
    private var start = 0

    /** Up to here there is no `\n`. */
    private var searched = 0
    private var atEnd = false
    private var found: String? = null

    override suspend fun hasNext(): Boolean {
        while (found == null) {
            val end = indexOfNewline()
            when {
                end >= 0 -> take(end, end + 1)
                atEnd && start == bytes.size -> return false
                atEnd -> take(bytes.size, bytes.size)
                else -> readMore()
            }
        }
        return true
    }

    override fun next(): String {
        val line = found ?: throw NoSuchElementException("Ask hasNext() first, or use a for loop.")
        found = null
        return line
    }

    private fun indexOfNewline(): Int {
        while (searched < bytes.size) {
            if (bytes[searched] == '\n'.code.toByte()) return searched
            searched++
        }
        return -1
    }

    private fun take(
        end: Int,
        next: Int,
    ) {
        val isCrLf = next > end && end > start && bytes[end - 1] == '\r'.code.toByte()
        val last = if (isCrLf) end - 1 else end
        checkLimit(last - start)
        found = bytes.decodeToString(start, last)
        start = next
        searched = next
    }

    private suspend fun readMore() {
        checkLimit(bytes.size - start)
        val piece = content.read()
        atEnd = piece.isEmpty()
        bytes = bytes.copyOfRange(start, bytes.size) + piece
        searched -= start
        start = 0
    }

    private fun checkLimit(size: Int) {
        if (size > limit) {
            exchange.close()
            throw ClientPayloadException(
                "${exchange.what}: a line of the body is longer than $limit bytes. Raise the limit of lines().",
            )
        }
    }
}
