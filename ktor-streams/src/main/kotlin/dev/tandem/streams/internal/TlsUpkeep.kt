package dev.tandem.streams.internal

import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLEngineResult.HandshakeStatus

/**
 * What a peer may send after the handshake besides data: changes of keys and renegotiations, which are answered; session
 * tickets and empty records, which are not.
 *
 * A peer could send such things without end. Each keeps this side busy and none gives its reader anything, so there are
 * limits, which no honest peer comes near. Loop thread only.
 */
internal class TlsUpkeep(
    private val engine: SSLEngine,
    private val tls: TlsEngine,
) {
    /** How many records in a row held no data. */
    private var recordsWithoutData = 0

    /** How many changes of keys were answered while the peer had not read what was sent before. */
    private var unreadAnswers = 0

    private var isRenegotiating = false
    private var renegotiations = 0

    fun onData() {
        recordsWithoutData = 0
    }

    /** Answers what needs an answer; throws if it has become too much. */
    fun onRecordWithoutData() {
        if (++recordsWithoutData > MOST_WITHOUT_DATA) {
            throw tls.refusal("it sent more than $MOST_WITHOUT_DATA records in a row that held no data")
        }
        when {
            !isHandshaking() -> isRenegotiating = false
            engine.session.protocol == TLS_1_3 -> answerNewKeys()
            else -> negotiateAnew()
        }
    }

    private fun answerNewKeys() {
        unreadAnswers = if (tls.isPeerBehind) unreadAnswers + 1 else 0
        if (unreadAnswers > MOST_UNREAD_ANSWERS) {
            throw tls.refusal("it asked for new keys $MOST_UNREAD_ANSWERS times without reading the answers")
        }
        tls.wrapHandshake()
    }

    /**
     * Goes one step on in a renegotiation, which TLS 1.3 has abolished. A client follows its server, which may want a
     * certificate for some pages only; a server refuses its clients, for whom it is a way to keep it busy. OpenSSL does
     * so unless told otherwise, and asyncio with it.
     *
     * On the loop's thread, as asyncio's handshakes are: it is rare and takes a millisecond or two, and what is written
     * meanwhile would have to wait for another thread.
     */
    private fun negotiateAnew() {
        if (!engine.useClientMode) throw tls.refusal("it wants to negotiate anew, which servers refuse here")
        if (!isRenegotiating && ++renegotiations > MOST_RENEGOTIATIONS) {
            throw tls.refusal("it wants to negotiate anew once more, after $MOST_RENEGOTIATIONS times")
        }
        while (true) {
            when (engine.handshakeStatus!!) {
                HandshakeStatus.NEED_TASK -> tls.runTasks()
                HandshakeStatus.NEED_WRAP -> tls.wrapHandshake()
                else -> break
            }
        }
        isRenegotiating = isHandshaking()
    }

    private fun isHandshaking(): Boolean {
        val status = engine.handshakeStatus
        return status != HandshakeStatus.NOT_HANDSHAKING && status != HandshakeStatus.FINISHED
    }

    private companion object {
        const val TLS_1_3 = "TLSv1.3"

        /** As BoringSSL and rustls have it. */
        const val MOST_WITHOUT_DATA = 32
        const val MOST_UNREAD_ANSWERS = 100
        const val MOST_RENEGOTIATIONS = 10
    }
}
