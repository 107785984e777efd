package dev.tandem.streams

import dev.tandem.streams.internal.ProtocolTransport

/**
 * Turns the open connection of [transport] into a TLS one, as protocols do after a command such as `STARTTLS`, and returns
 * the transport to go on with. [protocol] is called from now on; it may be the same as before. Its
 * [BaseProtocol.connectionMade] is not called, its [BaseProtocol.connectionLost] is, whether or not the handshake succeeds.
 *
 * What was written before goes out as plain text; to write during the handshake is an error. Reading begins again, after
 * the handshake. What arrives before the call is the old protocol's: a task begins a pass later than the callback that
 * creates it, so that callback must call [Transport.pauseReading] before it tells the peer to begin. Bytes that come in one
 * piece with the last command are not protected by TLS: refuse them, as somebody in between may have slipped them in.
 *
 * **Cancellation.** Closes the connection, as a failure of the handshake does. **Threading.** In a task. **Python.**
 * `loop.start_tls`. Differs from asyncio: [transport] itself goes on, so that nothing can be sent past TLS.
 *
 * ```
 * override fun dataReceived(data: ByteArray) {
 *     transport.pauseReading()
 *     transport.write("220 go ahead\r\n".toByteArray())
 *     starting = createTask { startTls(transport, Secured(transport), options) }
 * }
 * ```
 *
 * @param transport from [createConnection] or [createServer]
 * @param serverName client: the name to verify, in place of the options' name or the host that was connected to
 * @param serverSide whether this side is TLS's server; null: if [createServer] has made the connection
 * @throws IllegalStateException if TLS is there already, the handshake has begun, or the connection is closed or ended.
 * @throws java.io.IOException otherwise as [openConnection].
 * @see StreamWriter.startTls
 */
public suspend fun startTls(
    transport: Transport,
    protocol: BaseProtocol,
    options: TlsOptions,
    serverName: String? = null,
    serverSide: Boolean? = null,
): Transport {
    require(transport is ProtocolTransport) { "startTls(): $transport is not of createConnection() or createServer()." }
    transport.startTls(protocol, options, serverName, serverSide)
    return transport
}
