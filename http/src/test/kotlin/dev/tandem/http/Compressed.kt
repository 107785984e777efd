package dev.tandem.http

import org.junit.jupiter.params.provider.Arguments
import java.io.ByteArrayOutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.GZIPOutputStream

/** The ways in which a server can compress a body. */
internal enum class Compressed(
    val encoding: String,
    val bytes: (ByteArray) -> ByteArray,
) {
    GZIP("gzip", ::gzip),
    OLD_NAME("X-GZip", ::gzip),

    /** What `gzip FILE` makes, with everything that a header can have. */
    GZIP_WITH_ALL_FIELDS("gzip", { gzip(it, byteArrayOf(31, -117, 8, 31, 0, 0, 0, 0, 0, 3) + FIELDS) }),
    GZIP_WITHOUT_EXTRA_BYTES("gzip", { gzip(it, byteArrayOf(31, -117, 8, 4, 0, 0, 0, 0, 0, 3, 0, 0)) }),
    TWO_MEMBERS("gzip", { gzip(it.copyOf(it.size / 2)) + gzip(it.copyOfRange(it.size / 2, it.size)) }),

    /** With the header of zlib, which RFC 9110 means. */
    DEFLATE("deflate", { deflate(it, nowrap = false) }),

    /** Without, as some servers do. */
    RAW_DEFLATE("deflate", { deflate(it, nowrap = true) }),
}

/** What can be wrong with it. */
internal enum class Damage(
    val encoding: String,
    val message: String,
    val bytes: (ByteArray) -> ByteArray,
) {
    NOT_COMPRESSED("gzip", "it does not begin as gzip does", { it }),
    CUT_OFF_IN_THE_HEADER("gzip", "in the middle of its compressed data", { gzip(it).copyOf(5) }),
    CUT_OFF_IN_THE_DATA("gzip", "in the middle of its compressed data", { gzip(it).copyOf(10_000) }),
    CUT_OFF_IN_THE_CHECKSUM("gzip", "in the middle of its compressed data", {
        gzip(it).let { all ->
            all.copyOf(all.size - 1)
        }
    }),
    WRONG_DATA("gzip", "malformed", { gzip(it).also { all -> all.fill(-1, 5_000, 6_000) } }),
    WRONG_CHECKSUM("gzip", "the checksum is wrong", { gzip(it).also { all -> all[all.size - 8]++ } }),
    WRONG_LENGTH("gzip", "the length is wrong", { gzip(it).also { all -> all[all.size - 1]++ } }),
    SOMETHING_BEHIND_GZIP("gzip", "it does not begin as gzip does", { gzip(it) + 1 }),
    SOMETHING_BEHIND_DEFLATE("deflate", "behind the end", { deflate(it, nowrap = false) + ByteArray(100_000) }),
    CUT_OFF_DEFLATE("deflate", "in the middle of its compressed data", { deflate(it, nowrap = false).copyOf(10_000) }),
    WITH_A_DICTIONARY("deflate", "a dictionary", { byteArrayOf(0x78, 0xbb.toByte(), 1, 2, 3, 4, 5) }),
}

internal fun eachEngineAndWay(): List<Arguments> =
    Engine.entries.flatMap { engine -> Compressed.entries.map { Arguments.of(engine, it) } }

internal fun eachEngineAndDamage(): List<Arguments> =
    Engine.entries.flatMap { engine -> Damage.entries.map { Arguments.of(engine, it) } }

/** Two bytes of extra field, a name, a comment, and a checksum, which nobody looks at. */
private val FIELDS = byteArrayOf(2, 0, 7, 7) + "name\u0000comment\u0000".toByteArray() + byteArrayOf(9, 9)

private fun gzip(bytes: ByteArray): ByteArray =
    ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(bytes) } }.toByteArray()

private fun gzip(
    bytes: ByteArray,
    header: ByteArray,
): ByteArray {
    val checksum = CRC32().apply { update(bytes) }.value
    val trailer = ByteArray(8) { i -> ((if (i < 4) checksum else bytes.size.toLong()) ushr (8 * (i % 4))).toByte() }
    return header + deflate(bytes, nowrap = true) + trailer
}

private fun deflate(
    bytes: ByteArray,
    nowrap: Boolean,
): ByteArray {
    val out = ByteArrayOutputStream()
    DeflaterOutputStream(out, Deflater(Deflater.DEFAULT_COMPRESSION, nowrap)).use { it.write(bytes) }
    return out.toByteArray()
}
