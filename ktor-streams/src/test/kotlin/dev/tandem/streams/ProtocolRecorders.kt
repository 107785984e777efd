package dev.tandem.streams

import dev.tandem.runningLoop
import java.nio.ByteBuffer

/** Writes down what is called. */
internal open class Recorder(
    private val events: MutableList<String>,
    private val keepsOpen: Boolean = false,
) : Protocol {
    val lost = runningLoop().createFuture<Unit>()
    var end: Throwable? = null
    lateinit var transport: Transport

    override fun connectionMade(transport: Transport) {
        this.transport = transport
        events += "connectionMade"
    }

    override fun dataReceived(data: ByteArray) {
        events += "dataReceived ${data.text()}"
    }

    override fun eofReceived(): Boolean {
        events += "eofReceived"
        return keepsOpen
    }

    override fun connectionLost(exception: Throwable?) {
        events += "connectionLost $exception"
        end = exception
        lost.complete(Unit)
    }

    override fun pauseWriting() {
        events += "pauseWriting"
    }

    override fun resumeWriting() {
        events += "resumeWriting"
    }

    override fun toString() = "recorder"
}

/** The same, of a protocol that fills a buffer of its own. */
internal class BufferedRecorder(
    private val events: MutableList<String>,
    private val buffer: ByteBuffer,
) : BufferedProtocol {
    val lost = runningLoop().createFuture<Unit>()

    override fun getBuffer(sizeHint: Int): ByteBuffer {
        events += "getBuffer $sizeHint"
        return buffer.clear()
    }

    override fun bufferUpdated(count: Int) {
        events += "bufferUpdated $count ${String(buffer.array(), 0, buffer.position())}"
    }

    override fun eofReceived(): Boolean {
        events += "eofReceived"
        return false
    }

    override fun connectionLost(exception: Throwable?) {
        events += "connectionLost $exception"
        lost.complete(Unit)
    }

    override fun toString() = "buffered recorder"
}
