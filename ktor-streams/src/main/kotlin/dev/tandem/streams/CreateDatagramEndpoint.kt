package dev.tandem.streams

import dev.tandem.runningLoop
import dev.tandem.streams.internal.UdpTransport
import dev.tandem.streams.internal.openUdpSocket
import java.net.InetSocketAddress
import java.net.ProtocolFamily

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
