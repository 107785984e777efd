package dev.tandem.streams.internal

import java.nio.ByteBuffer

/** Where a reader takes its bytes from. Loop thread only. */
internal interface ByteSource {
    /** The peer, as error messages name it. */
    val peer: String

    /** The loop's buffer for what has just been read. Its contents are good until the next suspension. */
    val arrivals: ByteBuffer

    /** How much room [read] needs beyond what the caller wants; what arrives in it has to be kept. */
    val spareRoom: Int get() = arrivals.capacity()

    /**
     * Puts what is there into [target] and returns how many bytes it was: 0 when there is nothing now, -1 at the end.
     *
     * A read that leaves room in [target] has emptied the system's buffer, most likely: the next one returns 0 without
     * asking, and the loop tells when there is more. So a request and its answer cost one system call to read, not two;
     * and so readers offer more room than they expect to need.
     *
     * @throws java.io.IOException if the connection is lost.
     */
    fun read(target: ByteBuffer): Int

    /**
     * Waits until [read] may have something. One waiter at a time.
     *
     * @throws java.nio.channels.ClosedChannelException if this side has closed the connection.
     */
    suspend fun awaitReadable()
}
