package dev.tandem.http.internal

import java.util.zip.CRC32
import java.util.zip.Inflater
import java.util.zip.ZipException

/**
 * Undoes the compression of a body, piece by piece: [feed] takes what has come, [inflate] makes as much of it as it is
 * asked for. So a few bytes that stand for gigabytes take no memory, and nobody's time until somebody reads them.
 *
 * Differs from Ktor's plugin, which refuses a gzip header with a file name, several members, and the `deflate` of RFC
 * 9110, and which spins when something follows the end.
 *
 * Owner: the loop thread.
 */
internal class Decompression private constructor(
    private val isGzip: Boolean,
) : AutoCloseable {
    private enum class Phase {
        /** Before the first byte, or after a whole member of gzip: here it may end. */
        START,
        GZIP_HEADER,
        DATA,
        GZIP_TRAILER,
        ENDED,
    }

    private var phase = Phase.START
    private var inflater: Inflater? = null
    private val header = GzipHeader()
    private val checksum = CRC32()
    private var trailer = 0L
    private var trailerBytes = 0

    private var input = NOTHING
    private var position = 0
    private var end = 0

    /** Whether the body may end here, all that was fed being used up. */
    val canEnd: Boolean get() = phase == Phase.START || phase == Phase.ENDED

    /** Takes the first [count] of [bytes], which must not be changed before [inflate] has returned 0. */
    fun feed(
        bytes: ByteArray,
        count: Int,
    ) {
        check(position == end) { "There is something left to inflate." }
        input = bytes
        position = 0
        end = count
        if (phase == Phase.DATA) inflater!!.setInput(input, 0, count)
    }

    /**
     * Fills [into] as far as possible and returns how many bytes that was; 0 asks for more to be fed.
     *
     * @throws java.util.zip.DataFormatException for data that nobody has compressed.
     * @throws ZipException if a header or a checksum is wrong.
     */
    fun inflate(into: ByteArray): Int {
        while (true) {
            // What the inflater holds back comes out without input.
            if (phase == Phase.DATA) {
                val count = inflateData(into)
                if (count > 0 || phase == Phase.DATA) return count
            }
            if (position == end) return 0
            when (phase) {
                Phase.START -> begin()
                Phase.GZIP_HEADER -> if (header.take(nextByte())) beginData(isRaw = true)
                Phase.GZIP_TRAILER -> takeTrailer(nextByte())
                Phase.ENDED -> throw ZipException("there is something behind the end of the compressed data")
                Phase.DATA -> error("The inflater has taken all input.")
            }
        }
    }

    override fun close() {
        inflater?.end()
        inflater = null
        phase = Phase.ENDED
        position = end
    }

    private fun begin() {
        if (isGzip) {
            header.start()
            phase = Phase.GZIP_HEADER
        } else {
            // RFC 9110 means a zlib header; servers that leave it out are as many. Its low half is 8 in no raw data.
            val isZlib = (input[position].toInt() and 0x0f) == Z_DEFLATED
            beginData(isRaw = !isZlib)
        }
    }

    private fun beginData(isRaw: Boolean) {
        val used = inflater
        val fresh = used?.apply { reset() } ?: Inflater(isRaw)
        inflater = fresh
        checksum.reset()
        fresh.setInput(input, position, end - position)
        phase = Phase.DATA
    }

    private fun inflateData(into: ByteArray): Int {
        val inflater = inflater!!
        val count = inflater.inflate(into)
        position = end - inflater.remaining
        if (count > 0) {
            if (isGzip) checksum.update(into, 0, count)
            return count
        }
        if (inflater.needsDictionary()) throw ZipException("it needs a dictionary that nobody has")
        if (inflater.finished()) {
            trailer = 0
            trailerBytes = 0
            phase = if (isGzip) Phase.GZIP_TRAILER else Phase.ENDED
        }
        return 0
    }

    private fun takeTrailer(byte: Int) {
        trailer = trailer or (byte.toLong() shl (8 * trailerBytes++))
        if (trailerBytes < TRAILER_BYTES) return
        if (trailer and 0xffff_ffffL != checksum.value) throw ZipException("the checksum is wrong")
        if (trailer ushr 32 != inflater!!.bytesWritten and 0xffff_ffffL) throw ZipException("the length is wrong")
        phase = Phase.START
    }

    private fun nextByte(): Int = input[position++].toInt() and 0xff

    companion object {
        /** What to ask servers for. */
        const val ACCEPTED = "gzip, deflate"

        private const val Z_DEFLATED = 8
        private const val TRAILER_BYTES = 8
        private val NOTHING = ByteArray(0)

        /** For a Content-Encoding of [values]; null if there is none, or one that this cannot undo. */
        fun of(values: List<String>): Decompression? {
            val codings = values.flatMap { it.split(',') }.map { it.trim().lowercase() } - setOf("", "identity")
            return when (codings.singleOrNull()) {
                "gzip", "x-gzip" -> Decompression(isGzip = true)
                "deflate" -> Decompression(isGzip = false)
                else -> null
            }
        }
    }
}

/** The header of a member of gzip (RFC 1952), byte by byte. Its file name, comment and checksum are of no use here. */
private class GzipHeader {
    private enum class Part { FIXED, EXTRA_LENGTH, EXTRA, NAME, COMMENT, CHECKSUM }

    private var part = Part.FIXED
    private var flags = 0

    /** How many bytes of the part were taken. */
    private var taken = 0
    private var extraLength = 0

    fun start() {
        part = Part.FIXED
        taken = 0
    }

    /** Takes the next byte and returns whether it was the last one. */
    fun take(byte: Int): Boolean {
        taken++
        when (part) {
            Part.FIXED -> {
                takeFixed(byte)
                if (taken < FIXED_BYTES) return false
                return goOnTo(if (has(EXTRA)) Part.EXTRA_LENGTH else afterExtra())
            }
            Part.EXTRA_LENGTH -> {
                extraLength = if (taken == 1) byte else extraLength or (byte shl 8)
                if (taken < 2) return false
                return goOnTo(if (extraLength > 0) Part.EXTRA else afterExtra())
            }
            Part.EXTRA -> return taken == extraLength && goOnTo(afterExtra())
            Part.NAME -> return byte == 0 && goOnTo(afterName())
            Part.COMMENT -> return byte == 0 && goOnTo(afterComment())
            Part.CHECKSUM -> return taken == 2
        }
    }

    private fun takeFixed(byte: Int) {
        if (taken <= START.size && byte != START[taken - 1]) throw ZipException("it does not begin as gzip does")
        if (taken == START.size + 1) flags = byte
    }

    /** Null means that this was all. */
    private fun goOnTo(next: Part?): Boolean {
        taken = 0
        part = next ?: return true
        return false
    }

    private fun afterExtra() = if (has(NAME)) Part.NAME else afterName()

    private fun afterName() = if (has(COMMENT)) Part.COMMENT else afterComment()

    private fun afterComment() = if (has(CHECKSUM)) Part.CHECKSUM else null

    private fun has(flag: Int) = flags and flag != 0

    private companion object {
        /** Two magic numbers, and the method: deflate. */
        val START = intArrayOf(0x1f, 0x8b, 8)
        const val FIXED_BYTES = 10
        const val CHECKSUM = 2
        const val EXTRA = 4
        const val NAME = 8
        const val COMMENT = 16
    }
}
