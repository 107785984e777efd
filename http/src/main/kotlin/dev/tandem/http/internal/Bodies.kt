package dev.tandem.http.internal

import dev.tandem.Context
import dev.tandem.EventLoop
import dev.tandem.coroutine
import dev.tandem.http.BodyWriter
import dev.tandem.runCoroutineThreadsafe
import io.ktor.http.ContentType
import io.ktor.http.content.OutgoingContent
import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.writeFully
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.future.await
import kotlinx.coroutines.withContext
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Path
import java.nio.file.StandardOpenOption

/** What a request sends. Whatever has to be asked of the disk first is asked for by [content], off the loop. */
internal interface BodySource {
    /** Whether it can be sent more than once: for retries and redirects. */
    val canResend: Boolean get() = true

    suspend fun content(
        loop: EventLoop,
        exchange: Exchange,
    ): OutgoingContent
}

/** A body that is there already. */
internal class ReadyBody(
    private val content: OutgoingContent,
) : BodySource {
    override suspend fun content(
        loop: EventLoop,
        exchange: Exchange,
    ): OutgoingContent = content
}

/** A file, read while it is sent, by a thread of the engine. */
internal class FileBody(
    private val path: Path,
    private val type: ContentType,
) : BodySource {
    override suspend fun content(
        loop: EventLoop,
        exchange: Exchange,
    ): OutgoingContent {
        val size = loop.runInExecutor(null) { FileChannel.open(path).use { it.size() } }.await()
        return FileContent(path, size, type)
    }
}

private class FileContent(
    private val path: Path,
    private val size: Long,
    override val contentType: ContentType,
) : OutgoingContent.WriteChannelContent() {
    override val contentLength: Long get() = size

    override suspend fun writeTo(channel: ByteWriteChannel) {
        withContext(Dispatchers.IO) { writeFile(path, size, channel) }
    }
}

/**
 * Writes the first [size] bytes of the file [path], on a thread that may wait for the disk. That is what was announced:
 * what was added to the file since would be the beginning of another request.
 */
internal suspend fun writeFile(
    path: Path,
    size: Long,
    channel: ByteWriteChannel,
) {
    FileChannel.open(path, StandardOpenOption.READ).use { file ->
        val buffer = ByteArray(64 * 1024)
        var left = size
        while (left > 0) {
            val count = file.read(ByteBuffer.wrap(buffer, 0, minOf(left, buffer.size.toLong()).toInt()))
            // The server would wait for what never comes.
            if (count < 0) throw IOException("$path became shorter while it was sent.")
            channel.writeFully(buffer, 0, count)
            left -= count
        }
    }
}

/** A body that the caller's code writes, as a task of the loop, while the engine sends it. */
internal class WrittenBody(
    private val type: ContentType,
    private val length: Long?,
    private val context: Context,
    private val write: suspend (BodyWriter) -> Unit,
) : BodySource {
    override val canResend: Boolean get() = false

    override suspend fun content(
        loop: EventLoop,
        exchange: Exchange,
    ): OutgoingContent =
        object : OutgoingContent.WriteChannelContent() {
            override val contentType = type
            override val contentLength = length

            override suspend fun writeTo(channel: ByteWriteChannel) {
                val name = "body of ${exchange.what}"
                val writing =
                    coroutine(name) {
                        loop.createTask(name, context) { writeInTask(BodyWriter(channel), channel, exchange) }.await()
                    }
                // Cancelled with the request, as it is awaited here.
                runCoroutineThreadsafe(writing, loop).await()
            }
        }

    private suspend fun writeInTask(
        writer: BodyWriter,
        channel: ByteWriteChannel,
        exchange: Exchange,
    ) {
        try {
            write(writer)
        } catch (e: Throwable) {
            // With a channel that is closed, it is the connection that has failed, and says so itself.
            if (channel.closedCause == null && !channel.isClosedForWrite) exchange.bodyFailure = e
            throw e
        }
    }
}
