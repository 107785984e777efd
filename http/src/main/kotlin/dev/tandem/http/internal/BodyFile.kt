package dev.tandem.http.internal

import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Path
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE

/**
 * The file that a body is saved to. [open] and [write] are for threads that may wait for the disk; [close] is for the
 * loop, and may come while one of them is at work, when the task was cancelled: the file is closed all the same.
 */
internal class BodyFile(
    private val path: Path,
) : AutoCloseable {
    @Volatile
    private var channel: FileChannel? = null

    @Volatile
    private var isClosed = false

    fun open() {
        val opened = FileChannel.open(path, CREATE, WRITE, TRUNCATE_EXISTING)
        channel = opened
        // Whoever comes second, this or close, sees what the other has done.
        if (isClosed) opened.close()
    }

    fun write(bytes: ByteArray) {
        val piece = ByteBuffer.wrap(bytes)
        while (piece.hasRemaining()) channel!!.write(piece)
    }

    override fun close() {
        isClosed = true
        channel?.close()
    }
}
