package dev.tandem.streams

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.MappedByteBuffer
import java.nio.channels.FileChannel
import java.nio.channels.FileLock
import java.nio.channels.ReadableByteChannel
import java.nio.channels.WritableByteChannel

/** A file on a disk that fails when it is read. */
internal class BrokenFile(
    private val file: FileChannel,
) : FileChannel() {
    override fun read(target: ByteBuffer): Int = fail()

    override fun read(
        target: ByteBuffer,
        position: Long,
    ): Int = fail()

    override fun read(
        targets: Array<out ByteBuffer>,
        offset: Int,
        length: Int,
    ): Long = fail()

    override fun transferTo(
        position: Long,
        count: Long,
        target: WritableByteChannel,
    ): Long = fail()

    override fun size(): Long = file.size()

    override fun position(): Long = file.position()

    override fun position(newPosition: Long): FileChannel = fail()

    override fun write(source: ByteBuffer): Int = fail()

    override fun write(
        source: ByteBuffer,
        position: Long,
    ): Int = fail()

    override fun write(
        sources: Array<out ByteBuffer>,
        offset: Int,
        length: Int,
    ): Long = fail()

    override fun truncate(size: Long): FileChannel = fail()

    override fun force(metaData: Boolean): Unit = fail()

    override fun transferFrom(
        source: ReadableByteChannel,
        position: Long,
        count: Long,
    ): Long = fail()

    override fun map(
        mode: MapMode,
        position: Long,
        size: Long,
    ): MappedByteBuffer = fail()

    override fun lock(
        position: Long,
        size: Long,
        shared: Boolean,
    ): FileLock = fail()

    override fun tryLock(
        position: Long,
        size: Long,
        shared: Boolean,
    ): FileLock = fail()

    override fun implCloseChannel() = file.close()

    private fun fail(): Nothing = throw IOException("Input/output error")
}
