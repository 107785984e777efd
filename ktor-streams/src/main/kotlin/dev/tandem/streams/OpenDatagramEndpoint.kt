package dev.tandem.streams

import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import dev.tandem.streams.internal.openUdpSocket
import dev.tandem.streams.internal.takeOver
import java.net.InetSocketAddress
import java.net.ProtocolFamily
import java.nio.channels.DatagramChannel

/**
 * Opens a UDP socket and returns it as an endpoint that datagrams are sent from and received at.
 *
 * An address that is only a name yet (`InetSocketAddress.createUnresolved(host, port)`) is looked up on a thread of the
 * loop's pool. A constructor of `InetSocketAddress` that is given a name looks it up itself, and blocks the loop.
 *
 * **Cancellation.** No socket stays open. **Threading.** In a task. **Python.** asyncio has only
 * `create_datagram_endpoint`, which is [createDatagramEndpoint] here.
 *
 * ```
 * val server = openDatagramEndpoint(localAddress = InetSocketAddress("127.0.0.1", 5353))
 * while (true) {
 *     val (question, sender) = server.receive()
 *     server.send(answer(question), sender)
 * }
 * ```
 *
 * @param localAddress where to receive; null, or port 0, lets the system choose
 * @param remoteAddress the one peer to talk to: [DatagramEndpoint.send] needs no address then, what others send is not
 * received, and [DatagramEndpoint.receive] tells when the peer's host refuses; null to talk to everybody
 * @param reusePort whether other sockets may be bound to the same port, as for multicast; all must say so
 * @param broadcast whether to allow sending to broadcast addresses
 * @param family `StandardProtocolFamily.INET` or `INET6`; null follows from the addresses, and a socket that is bound to
 * the wildcard address has both
 * @throws java.net.BindException if the local address is taken, or not this machine's.
 * @throws java.net.UnknownHostException if a name is not known.
 * @throws UnsupportedOperationException if [reusePort] is asked for and the system does not know it.
 */
public suspend fun openDatagramEndpoint(
    localAddress: InetSocketAddress? = null,
    remoteAddress: InetSocketAddress? = null,
    reusePort: Boolean = false,
    broadcast: Boolean = false,
    family: ProtocolFamily? = null,
): DatagramEndpoint {
    val socket = openUdpSocket(runningLoop(), localAddress, remoteAddress, family, reusePort, broadcast)
    return DatagramEndpoint(socket)
}

/**
 * Returns [socket] as an endpoint, with the options that it was given; one that is not bound gets a port that the system
 * chooses.
 *
 * The socket is the endpoint's from now on: it is put into non-blocking mode, closed with the endpoint, and closed if
 * this fails. [DatagramEndpoint.leave] knows no group that was joined before.
 *
 * **Threading.** On the loop's thread. **Python.** `loop.create_datagram_endpoint(sock=...)`, which is
 * [createDatagramEndpoint] here.
 *
 * @throws IllegalArgumentException if [socket] is closed.
 */
public suspend fun openDatagramEndpoint(socket: DatagramChannel): DatagramEndpoint =
    DatagramEndpoint(takeOver(socket, LoopStreams.of(runningLoop())))
