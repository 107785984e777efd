package dev.tandem.streams.internal

import dev.tandem.EventLoop
import java.io.IOException
import java.net.SocketAddress
import java.net.SocketOption
import java.nio.ByteBuffer
import java.nio.channels.FileChannel

/** A connection as its reader and its writer see it: a socket, or TLS over one. Loop thread only. */
internal interface StreamTransport : ByteSource {
    val loop: EventLoop
    val localAddress: SocketAddress?
    val remoteAddress: SocketAddress?

    /** Whether [close] or [abort] was called, or the connection was lost. */
    val isClosing: Boolean

    /** What ended the connection, if that was a failure. */
    val failure: IOException?

    /** Whether there is something to [read] that the socket does not know of, and so will not call [watch]'s action for. */
    val holdsData: Boolean

    /** Calls [action] whenever there may be something to [read], until [unwatch] or the end; nobody else may read then. */
    fun watch(action: () -> Unit)

    fun unwatch()

    /** How many bytes wait for the system to take them. */
    val queuedBytes: Int

    fun setWaterMarks(
        high: Int,
        low: Int,
    )

    /** Calls [action] when the queue goes over the high mark (true), and when it has come down to the low one (false). */
    fun onWaterMark(action: (Boolean) -> Unit)

    /** Sends or queues all of [source]; drops it once the connection is lost or closed. */
    fun write(source: ByteBuffer)

    fun write(
        source: ByteArray,
        offset: Int,
        length: Int,
    )

    /**
     * Sends [count] bytes of [file] from [offset] on, or what there is, after what was written before, and returns how
     * many. Nothing may be written meanwhile.
     */
    suspend fun sendFile(
        file: FileChannel,
        offset: Long,
        count: Long,
    ): Long = sendInPieces(this, file, offset, count)

    fun <T> getOption(option: SocketOption<T>): T?

    fun <T> setOption(
        option: SocketOption<T>,
        value: T,
    )

    /** Waits while the queue is above its mark, and throws if the connection is lost. */
    suspend fun drain()

    val canWriteEof: Boolean

    fun writeEof()

    /** Sends what is queued, then closes. */
    fun close()

    /** Closes at once; what is queued is dropped. */
    fun abort()

    /** Waits until nothing of the connection is left, and throws what ended it, if that was a failure. */
    suspend fun waitClosed()

    /** Calls [action] once nothing of the connection is left. */
    fun onClosed(action: () -> Unit)
}
