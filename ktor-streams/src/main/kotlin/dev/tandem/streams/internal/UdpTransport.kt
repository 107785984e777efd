package dev.tandem.streams.internal

import dev.tandem.ExceptionContext
import dev.tandem.Future
import dev.tandem.streams.DatagramProtocol
import dev.tandem.streams.DatagramTransport
import dev.tandem.streams.UdpSettings
import java.io.IOException
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/**
 * Drives a datagram protocol: one datagram each time the socket has any. Loop thread only.
 *
 * Invariant: while [queue] has anything, the loop watches for writability and calls [onWritable].
 */
internal class UdpTransport(
    private val socket: UdpSocket,
    override var protocol: DatagramProtocol,
) : DatagramTransport,
    UdpSettings by socket {
    private class Waiting(
        val data: ByteBuffer,
        val address: InetSocketAddress?,
    )

    private val loop = socket.streams.loop
    private val queue = ArrayDeque<Waiting>(0)
    private var queuedBytes = 0
    private val marks = WaterMarks(loop).apply { watcher = ::tellWriting }
    private var closing = false
    private val closedWithLoop = AutoCloseable { abort() }

    /** Returns a future that is done once the protocol has its socket and receiving has begun. */
    fun start(): Future<Unit> {
        val begun = loop.createFuture<Unit>()
        socket.streams.add(closedWithLoop)
        loop.callSoon { protocol.connectionMade(this) }
        loop.callSoon { if (!closing) loop.addReader(socket.channel, ::onReadable) }
        loop.callSoon { begun.complete(Unit) }
        return begun
    }

    override fun isClosing(): Boolean = closing

    override fun sendTo(
        data: ByteArray,
        address: InetSocketAddress?,
    ) {
        require(address == null || !address.isUnresolved) {
            "$address is only a name, and to look it up here would block the loop. Resolve it before."
        }
        socket.checkSend(data.size, address)
        if (closing) return
        if (queue.isEmpty() && hasSent(ByteBuffer.wrap(data), address)) return
        if (queue.isEmpty()) loop.addWriter(socket.channel, ::onWritable)
        queue.addLast(Waiting(ByteBuffer.wrap(data.copyOf()), address))
        queuedBytes += data.size
        marks.check(queuedBytes)
    }

    override fun writeBufferSize(): Int = queuedBytes

    override fun setWriteBufferLimits(
        high: Int,
        low: Int,
    ) {
        require(low in 0..high) { "The low water mark ($low) must be between 0 and the high one ($high)." }
        marks.set(high, low)
        marks.check(queuedBytes)
    }

    override fun close() {
        loop.checkThread("close")
        if (closing) return
        closing = true
        loop.removeReader(socket.channel)
        if (queue.isEmpty()) closeSocket()
    }

    override fun abort() {
        loop.checkThread("abort")
        closing = true
        queue.clear()
        queuedBytes = 0
        if (socket.isOpen) closeSocket()
    }

    private fun onReadable() {
        val arrivals = socket.streams.arrivals
        arrivals.clear()
        val sender =
            try {
                socket.receive(arrivals)
            } catch (e: IOException) {
                return tellError(e)
            }
        if (sender == null) return
        val data = ByteArray(arrivals.flip().remaining())
        arrivals.get(data)
        protocol.datagramReceived(data, sender)
    }

    private fun onWritable() {
        while (true) {
            val next = queue.firstOrNull() ?: break
            if (!hasSent(next.data, next.address)) break
            // A protocol that was told of an error may have closed this transport.
            if (queue.removeFirstOrNull() != null) queuedBytes -= next.data.remaining()
        }
        if (!socket.isOpen) return
        marks.check(queuedBytes)
        // One that was told to go on writing may have closed it, too.
        if (!socket.isOpen || queue.isNotEmpty()) return
        loop.removeWriter(socket.channel)
        if (closing) closeSocket()
    }

    /** Returns false if the system has no room; a datagram that it refuses is as good as sent. */
    private fun hasSent(
        data: ByteBuffer,
        address: InetSocketAddress?,
    ): Boolean =
        try {
            socket.send(data, address)
        } catch (e: IOException) {
            tellError(e)
            true
        }

    private fun tellWriting(isAboveMark: Boolean) {
        if (isAboveMark) {
            guarded("pauseWriting") { protocol.pauseWriting() }
        } else {
            guarded("resumeWriting") { protocol.resumeWriting() }
        }
    }

    private fun tellError(reason: IOException) = guarded("errorReceived") { protocol.errorReceived(reason) }

    /** What the protocol throws must not reach whoever happens to send. */
    private inline fun guarded(
        name: String,
        call: () -> Unit,
    ) {
        try {
            call()
        } catch (e: Throwable) {
            loop.callExceptionHandler(ExceptionContext("$name() of $protocol failed, on $this", e))
        }
    }

    private fun closeSocket() {
        socket.close()
        socket.streams.remove(closedWithLoop)
        // After the loop itself was closed there is nobody left to tell.
        if (!loop.isClosed) loop.callSoon { protocol.connectionLost(null) }
    }

    override fun toString(): String = "DatagramTransport($socket${if (closing) ", closing" else ""})"
}
