package dev.tandem.samples.docs

import dev.tandem.TimeoutException
import dev.tandem.streams.openDatagramEndpoint
import dev.tandem.timeout
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.PortUnreachableException
import java.net.StandardProtocolFamily
import kotlin.time.Duration.Companion.seconds

/** The examples of `docs/streams.md`; a test compares what they print with the comments in them. */
suspend fun datagrams() {
    // region udp
    openDatagramEndpoint(InetSocketAddress("127.0.0.1", 0)).use { server ->
        openDatagramEndpoint(remoteAddress = server.localAddress).use { client ->
            client.send("hello".toByteArray()) // to the one address it is connected to
            val (data, sender) = server.receive()
            server.send(data.decodeToString().uppercase().toByteArray(), sender)
            println(client.receive().data.decodeToString())
        }
    }
    // HELLO
    // endregion
}

suspend fun answersThatMayNotCome() {
    // region udp-lost
    val nobody = openDatagramEndpoint(InetSocketAddress("127.0.0.1", 0)).use { it.localAddress }
    openDatagramEndpoint(remoteAddress = nobody).use { client ->
        try {
            client.send("anybody?".toByteArray())
            timeout(2.seconds) { client.receive() }
        } catch (e: PortUnreachableException) {
            println("nobody listens") // the peer's host has said so
        } catch (e: TimeoutException) {
            println("lost on the way, or firewalled: ask again")
        }
    }
    // nobody listens
    // endregion
}

suspend fun groups() {
    // region udp-group
    val loopback = NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1"))
    val group = InetAddress.getByName("239.255.1.2")
    openDatagramEndpoint(InetSocketAddress(0), family = StandardProtocolFamily.INET).use { member ->
        member.join(group, loopback)
        openDatagramEndpoint(family = StandardProtocolFamily.INET).use { sender ->
            sender.multicastInterface = loopback
            sender.send("to all".toByteArray(), InetSocketAddress(group, member.localAddress.port))
            println(member.receive().data.decodeToString())
        }
    }
    // to all
    // endregion
}
