package dev.tandem.streams

import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.UdpSocket
import dev.tandem.streams.internal.UdpTransport
import dev.tandem.streams.internal.openUdpSocket
import dev.tandem.streams.internal.takeOver
import java.net.InetSocketAddress
import java.net.ProtocolFamily
import java.nio.channels.DatagramChannel

/**
 * Opens a UDP socket for the protocol that [protocolFactory] makes; returns when [DatagramProtocol.connectionMade] was
 * called. The parameters and errors are those of [openDatagramEndpoint], which is for code that awaits datagrams.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** `loop.create_datagram_endpoint`.
 *
 * ```
 * val (transport, protocol) = createDatagramEndpoint(::Questions, remoteAddress = nameServer)
 * transport.sendTo(question)
 * ```
 */
public suspend fun <P : DatagramProtocol> createDatagramEndpoint(
    protocolFactory: () -> P,
    localAddress: InetSocketAddress? = null,
    remoteAddress: InetSocketAddress? = null,
    reusePort: Boolean = false,
    broadcast: Boolean = false,
    family: ProtocolFamily? = null,
): TransportPair<DatagramTransport, P> {
    val socket = openUdpSocket(runningLoop(), localAddress, remoteAddress, family, reusePort, broadcast)
    return converse(socket, protocolFactory)
}

/**
 * Has [socket] used by the protocol that [protocolFactory] makes; otherwise as the overload without.
 * [openDatagramEndpoint] with a socket says what becomes of it.
 *
 * **Python.** `loop.create_datagram_endpoint(sock=...)`.
 */
public suspend fun <P : DatagramProtocol> createDatagramEndpoint(
    protocolFactory: () -> P,
    socket: DatagramChannel,
): TransportPair<DatagramTransport, P> = converse(takeOver(socket, LoopStreams.of(runningLoop())), protocolFactory)

private suspend fun <P : DatagramProtocol> converse(
    socket: UdpSocket,
    protocolFactory: () -> P,
): TransportPair<DatagramTransport, P> {
    var transport: UdpTransport? = null
    try {
        val protocol = protocolFactory()
        transport = UdpTransport(socket, protocol)
        transport.start().await()
        return TransportPair(transport, protocol)
    } catch (e: Throwable) {
        transport?.abort() ?: socket.close()
        throw e
    }
}
