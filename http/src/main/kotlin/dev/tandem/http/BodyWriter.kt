package dev.tandem.http

import io.ktor.utils.io.ByteWriteChannel
import io.ktor.utils.io.writeFully

/**
 * Sends the body of a request piece by piece; see [ClientRequest.stream].
 *
 * A write throws what the connection failed with; that of the request says more, and comes out of the request.
 * **Cancellation.** Cancelling the request cancels the task that writes. **Threading.** In the task it was given to.
 */
public class BodyWriter internal constructor(
    private val channel: ByteWriteChannel,
) {
    /** Sends [bytes]; waits while the server does not keep up. */
    public suspend fun write(bytes: ByteArray) {
        channel.writeFully(bytes, 0, bytes.size)
        channel.flush()
    }

    /** Sends [text] in UTF-8; waits while the server does not keep up. */
    public suspend fun write(text: String) {
        write(text.encodeToByteArray())
    }
}
