package dev.tandem.streams.internal

import java.io.IOException
import java.nio.ByteBuffer
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult.HandshakeStatus
import javax.net.ssl.SSLEngineResult.Status
import javax.net.ssl.SSLException

/**
 * One side's TLS state and its record buffers: turns records into data and data into records, without waiting for
 * anything. The bytes come from and go to [wire]. Loop thread only, except that [runTasks] may run elsewhere while
 * nobody else uses the engine.
 *
 * Buffers are there only while they hold something: an idle connection has none.
 */
internal class TlsEngine(
    private val engine: SSLEngine,
    private val wire: SocketTransport,
    private val streams: LoopStreams,
) {
    /** Records on their way out, sent before anybody else could use the buffer. */
    private val records: ByteBuffer get() = streams.records

    /** What a step of the handshake has come to. */
    enum class Progress { DONE, GOES_ON, NEEDS_TASKS, NEEDS_BYTES }

    /** Records, or the beginning of one, that were received and not yet opened: from position to limit. */
    private var received: ByteBuffer = EMPTY

    /** Data of an opened record that the reader had no room for: from position to limit. */
    private var opened: ByteBuffer = EMPTY

    /** Whether the engine has asked for more than is in [received]. */
    private var isRecordIncomplete = false

    /** Whether anything was received, ever: the first bytes tell whether the peer speaks TLS. */
    private var sawRecord = false

    /** How much the peer has sent of the handshake. */
    private var handshakeSize = 0

    private val upkeep = TlsUpkeep(engine, this)

    /** The peer has said farewell: nothing more will come. */
    var isFarewellReceived = false
        private set

    /** Whether the peer has not taken all that was sent. */
    val isPeerBehind: Boolean get() = wire.queuedBytes > 0

    /** Whether [read] has something to return, data or the end, without the wire having anything. */
    val holdsData: Boolean
        get() = opened.hasRemaining() || isFarewellReceived || (received.hasRemaining() && !isRecordIncomplete)

    val session get() = engine.session
    val applicationProtocol: String? get() = engine.applicationProtocol?.ifEmpty { null }

    // ---- handshake ------------------------------------------------------------------------------------------------

    /** Begins the handshake; [early] is what was received of it already. */
    fun begin(early: ByteArray) {
        if (early.isNotEmpty()) {
            received = streams.borrow(maxOf(early.size, engine.session.packetBufferSize)).put(early).flip()
        }
        engine.beginHandshake()
    }

    /** Goes one step on in the handshake. */
    fun step(): Progress =
        when (engine.handshakeStatus!!) {
            HandshakeStatus.NEED_TASK -> Progress.NEEDS_TASKS
            HandshakeStatus.NEED_WRAP -> {
                wrapHandshake()
                Progress.GOES_ON
            }
            HandshakeStatus.NEED_UNWRAP, HandshakeStatus.NEED_UNWRAP_AGAIN ->
                if (unwrapInto(EMPTY) != Unwrapped.NEEDS_BYTES || receiveHandshake()) {
                    Progress.GOES_ON
                } else {
                    Progress.NEEDS_BYTES
                }
            HandshakeStatus.FINISHED, HandshakeStatus.NOT_HANDSHAKING -> Progress.DONE
        }

    /** The slow part: keys and certificates. May run on any thread, alone. */
    fun runTasks() {
        while (true) (engine.delegatedTask ?: return).run()
    }

    /** Sends the alert that the engine has for a peer that is to blame; one that may be gone. */
    fun sendAlert() {
        try {
            wrapHandshake()
        } catch (_: IOException) {
            // What matters is known already.
        }
    }

    /** Tells the peer, which may be gone or in no state to listen, that nothing more will come. */
    fun sayFarewell() {
        engine.closeOutbound()
        sendAlert()
    }

    /** Returns what to throw when a peer does what TLS allows and this side does not. [sendAlert] takes leave of it. */
    fun refusal(reason: String): SSLException {
        engine.closeOutbound()
        return SSLException(reason)
    }

    /** Sends what the handshake, a change of keys, an alert or a farewell wants to say. */
    fun wrapHandshake() {
        records.clear()
        while (engine.handshakeStatus == HandshakeStatus.NEED_WRAP) {
            val result = engine.wrap(EMPTY, records)
            if (result.status == Status.CLOSED && result.bytesProduced() == 0) break
            if (result.status == Status.BUFFER_OVERFLOW) flushRecords()
        }
        flushRecords()
    }

    // ---- data -----------------------------------------------------------------------------------------------------

    /** Puts decrypted data into [target]: 0 when more must be received first, -1 after the peer's farewell. */
    fun read(target: ByteBuffer): Int {
        val start = target.position()
        while (!isFarewellReceived || opened.hasRemaining()) {
            if (opened.hasRemaining()) moveOpened(target)
            val hasRoom = target.remaining() >= applicationSize()
            val hasData = target.position() > start
            if (hasData && !hasRoom) break
            when (unwrapInto(if (hasRoom) target else EMPTY)) {
                Unwrapped.DATA -> upkeep.onData()
                Unwrapped.HANDSHAKE -> if (isFarewellReceived) wrapHandshake() else upkeep.onRecordWithoutData()
                Unwrapped.NEEDS_BYTES -> if (hasData || !receive()) break
            }
        }
        val count = target.position() - start
        return if (count == 0 && isFarewellReceived) -1 else count
    }

    /** Sends all of [source]; returns false if the engine takes no more data. */
    fun write(source: ByteBuffer): Boolean {
        records.clear()
        while (source.hasRemaining() && !wire.isClosing) {
            if (records.remaining() < engine.session.packetBufferSize) flushRecords()
            val result = engine.wrap(source, records)
            if (result.status == Status.CLOSED || result.bytesConsumed() + result.bytesProduced() == 0) {
                flushRecords()
                return false
            }
        }
        flushRecords()
        return true
    }

    // ---- private --------------------------------------------------------------------------------------------------

    private enum class Unwrapped { DATA, HANDSHAKE, NEEDS_BYTES }

    /** Opens one record, into [target] or, if that is [EMPTY], wherever its data needs. */
    private fun unwrapInto(target: ByteBuffer): Unwrapped {
        // After the last record of a batch: the engine would make several objects to say so.
        if (!received.hasRemaining()) return Unwrapped.NEEDS_BYTES
        if (!sawRecord) checkFirstRecord()
        var room = target
        while (true) {
            val result = engine.unwrap(received, room)
            if (room === opened) room.flip()
            releaseIfEmpty()
            when (result.status!!) {
                Status.BUFFER_UNDERFLOW -> {
                    isRecordIncomplete = true
                    return Unwrapped.NEEDS_BYTES
                }
                Status.BUFFER_OVERFLOW -> {
                    opened = ByteBuffer.allocate(applicationSize())
                    room = opened
                }
                Status.CLOSED -> {
                    isFarewellReceived = true
                    return Unwrapped.HANDSHAKE
                }
                Status.OK -> return if (result.bytesProduced() > 0) Unwrapped.DATA else Unwrapped.HANDSHAKE
            }
        }
    }

    /** Takes records of the handshake from the wire; false if there is nothing now. */
    private fun receiveHandshake(): Boolean {
        val before = received.remaining()
        if (!receive()) return false
        handshakeSize += received.remaining() - before
        if (handshakeSize > MOST_HANDSHAKE_BYTES) {
            throw refusal("the handshake is longer than $MOST_HANDSHAKE_BYTES bytes")
        }
        return true
    }

    /** Takes records from the wire; false if there is nothing now. */
    private fun receive(): Boolean {
        val size = engine.session.packetBufferSize
        when {
            received === EMPTY -> received = streams.borrow(size)
            received.capacity() < size -> received = streams.borrow(size).put(received)
            else -> received.compact()
        }
        val count =
            try {
                wire.read(received)
            } finally {
                received.flip()
                releaseIfEmpty()
            }
        if (count > 0) isRecordIncomplete = false
        if (count < 0) throw EndOfWireException()
        return count > 0
    }

    private fun releaseIfEmpty() {
        if (received.hasRemaining() || received === EMPTY) return
        streams.giveBack(received)
        received = EMPTY
    }

    private fun moveOpened(target: ByteBuffer) {
        val count = minOf(opened.remaining(), target.remaining())
        target.put(target.position(), opened, opened.position(), count)
        target.position(target.position() + count)
        opened.position(opened.position() + count)
        if (!opened.hasRemaining()) opened = EMPTY
    }

    private fun flushRecords() {
        wire.write(records.flip())
        records.clear()
    }

    private fun applicationSize() = engine.session.applicationBufferSize

    /** The engine would only call it unrecognized; whoever has the wrong port is helped by seeing what came. */
    private fun checkFirstRecord() {
        val at = received.position()
        val isRecord = received.get(at).toInt() in RECORD_TYPES
        val isVersion3 = received.remaining() < 2 || received.get(at + 1) == MAJOR_VERSION
        if (!isRecord || !isVersion3) throw NoTlsRecordException(received.duplicate())
        sawRecord = true
    }

    private companion object {
        val EMPTY: ByteBuffer = ByteBuffer.allocate(0)

        /** Alert and handshake: nothing else may come first. */
        val RECORD_TYPES = 21..22
        const val MAJOR_VERSION: Byte = 3

        /** The JDK allows messages of 32 KiB each; chains of certificates are the longest. */
        const val MOST_HANDSHAKE_BYTES = 256 * 1024
    }
}

/** The wire ended where more records were due. */
internal class EndOfWireException : IOException("end of the stream")

/** The first bytes received are no TLS record: [bytes], from position to limit. */
internal class NoTlsRecordException(
    val bytes: ByteBuffer,
) : IOException("not a TLS record")
