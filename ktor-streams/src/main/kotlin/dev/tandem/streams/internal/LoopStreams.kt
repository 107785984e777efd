package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import java.net.InetAddress
import java.nio.ByteBuffer

/**
 * What the streams of one loop share: buffers that are free again before the next task runs, and the list of what is
 * open, to be closed with the loop. Loop thread only.
 */
internal class LoopStreams private constructor(
    val loop: EventLoop,
) : AutoCloseable {
    /** What a reader has just received; see [ByteSource.arrivals]. */
    val arrivals: ByteBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE)

    /** What goes through a channel: direct, since the JDK would keep a direct copy of its own for each thread. */
    val passage: ByteBuffer = ByteBuffer.allocateDirect(BUFFER_SIZE)

    /** TLS records on their way out. On the heap, where ciphers work fastest. */
    val records: ByteBuffer by lazy(LazyThreadSafetyMode.NONE) { ByteBuffer.allocate(BUFFER_SIZE) }

    /** Buffers for received TLS records that nobody needs at the moment. */
    private val spare = ArrayDeque<ByteBuffer>(0)

    private val open = LinkedHashSet<AutoCloseable>()

    /** Finds the addresses of a name, on a thread of the loop's pool. Tests have it find what no name server knows. */
    var lookUp: (String) -> List<InetAddress> = { host -> InetAddress.getAllByName(host).asList() }

    val openCount: Int get() = open.size

    /** Has [resource] closed with the loop, unless it is removed before. */
    fun add(resource: AutoCloseable) {
        open.add(resource)
    }

    fun remove(resource: AutoCloseable) {
        open.remove(resource)
    }

    /** Returns an empty heap buffer of at least [size] bytes; [giveBack] when it is empty again. */
    fun borrow(size: Int): ByteBuffer {
        val buffer = spare.removeLastOrNull()
        return if (buffer != null && buffer.capacity() >= size) buffer.clear() else ByteBuffer.allocate(size)
    }

    fun giveBack(buffer: ByteBuffer) {
        if (spare.size < MOST_SPARE) spare.addLast(buffer)
    }

    /** The loop closes: nobody could ever close these any more. */
    override fun close() {
        open.toList().forEach { resource ->
            if (loop.debug) reportForgotten(resource)
            resource.close()
        }
    }

    /** **Python.** The `ResourceWarning` about an unclosed transport. */
    private fun reportForgotten(resource: AutoCloseable) {
        if (resource is OpenResource && resource.isClosing) return
        val createdAt = (resource as? OpenResource)?.createdAt
        loop.callExceptionHandler(
            ExceptionContext("$resource was never closed; it is closed with its loop", createdAt = createdAt),
        )
    }

    override fun toString(): String = "Streams(${open.size} open)"

    companion object {
        const val BUFFER_SIZE = 64 * 1024
        private const val MOST_SPARE = 16

        fun of(loop: EventLoop): LoopStreams = loop.attachment(LoopStreams::class.java) { LoopStreams(loop) }
    }
}

/** Something open that can tell more about itself, for the report that it was forgotten. */
internal interface OpenResource : AutoCloseable {
    /** Whether its owner has closed it, and only what is still to be sent keeps it. */
    val isClosing: Boolean

    /** Where it was opened; in debug mode only. */
    val createdAt: Throwable?
}
