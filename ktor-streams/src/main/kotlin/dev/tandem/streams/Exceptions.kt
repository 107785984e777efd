package dev.tandem.streams

import java.io.IOException
import java.net.SocketException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLHandshakeException

/**
 * Thrown when the stream ended before a read had what it was asked for.
 *
 * **Python.** `asyncio.IncompleteReadError`.
 */
public class IncompleteReadException
    @JvmOverloads
    constructor(
        message: String,
        /** What was read before the end; the reader does not hold it any more. */
        public val partial: ByteArray,
        /** How many bytes were asked for, or null if that was not known ([StreamReader.readUntil]). */
        public val expected: Int? = null,
    ) : IOException(message)

/**
 * Thrown when a line or another delimited piece is longer than the reader's limit.
 *
 * **Python.** `asyncio.LimitOverrunError`; also in place of the `ValueError` of `readline`.
 */
public class LimitOverrunException(
    message: String,
    /** How many bytes of the reader's buffer can be read without reaching the separator. */
    public val consumed: Int,
) : IOException(message)

/**
 * Thrown by reads and drains when the connection is gone for another reason than an orderly end: the peer reset it,
 * the network lost it, or this side has closed it. The cause is what the system said.
 *
 * **Python.** `ConnectionResetError`, and what asyncio raises in its place.
 */
public class ConnectionResetException
    @JvmOverloads
    constructor(
        message: String,
        cause: Throwable? = null,
    ) : SocketException(message) {
        init {
            if (cause != null) initCause(cause)
        }
    }

/** Thrown when the peer's certificate does not prove that it is who it should be; [reason] tells why. */
public class CertificateVerificationException
    @JvmOverloads
    constructor(
        message: String,
        /** What is wrong with the certificate. */
        public val reason: Reason,
        cause: Throwable? = null,
    ) : SSLHandshakeException(message) {
        init {
            if (cause != null) initCause(cause)
        }

        /** What can be wrong with a certificate. */
        public enum class Reason {
            /** Its time, or that of a certificate above it, is over. */
            EXPIRED,

            /** Its time has not begun yet. */
            NOT_YET_VALID,

            /** It is made out to another name. */
            WRONG_HOST,

            /** Nobody trusted has issued it. */
            UNTRUSTED,

            /** Something else; the message and the cause say what. */
            OTHER,
        }
    }

/** Thrown when a peer answers the TLS handshake with something that is not TLS. */
public class NotTlsException(
    message: String,
) : SSLHandshakeException(message)

/**
 * Thrown when the end of a TLS stream came without the peer's farewell: somebody may have cut the data off. What was
 * read before is genuine.
 */
public class TruncatedStreamException(
    message: String,
) : SSLException(message)

/**
 * Thrown when a file of keys or certificates cannot be used; the message names the file and what is wrong with it.
 *
 * **Python.** The `ssl.SSLError` of `load_cert_chain` and `load_verify_locations`.
 */
public class PemException
    @JvmOverloads
    constructor(
        message: String,
        cause: Throwable? = null,
    ) : IOException(message, cause)
