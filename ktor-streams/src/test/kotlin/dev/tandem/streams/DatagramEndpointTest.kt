package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.gather
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeLessThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldEndWith
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import java.net.BindException
import java.net.Inet4Address
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.NetworkInterface
import java.net.PortUnreachableException
import java.net.SocketException
import java.net.StandardProtocolFamily
import java.net.StandardSocketOptions
import java.net.UnknownHostException
import java.nio.ByteBuffer

class DatagramEndpointTest {
    @Test
    fun anAnswerGoesToTheSender() =
        streamTest {
            openDatagramEndpoint(onLoopback()).use { server ->
                openDatagramEndpoint(remoteAddress = server.localAddress).use { client ->
                    client.send("question".toByteArray())
                    val (question, sender) = server.receive()
                    sender shouldBe client.localAddress
                    server.send(question + "?".toByteArray(), sender)
                    val (answer, from) = client.receive()
                    answer.text() shouldBe "question?"
                    from shouldBe server.localAddress
                }
            }
        }

    @Test
    fun datagramsComeOutWholeAndInTurn() =
        streamTest {
            pair { receiver, sender ->
                listOf("one", "two", "three").forEach { sender.send(it.toByteArray()) }
                List(3) { receiver.receive().data.text() } shouldBe listOf("one", "two", "three")
            }
        }

    @Test
    fun anEmptyDatagramIsOne() =
        streamTest {
            pair { receiver, connected ->
                openDatagramEndpoint(onLoopback()).use { sender ->
                    sender.send(ByteArray(0), receiver.localAddress)
                    val (data, address) = receiver.receive()
                    data.size shouldBe 0
                    address shouldBe sender.localAddress
                }
                shouldThrow<UnsupportedOperationException> { connected.send(ByteArray(0)) }
            }
        }

    @Test
    fun theLargestDatagramIsReceivedWhole() =
        streamTest {
            pair { receiver, sender ->
                val large = ByteArray(65_507) { it.toByte() }
                sender.send(large)
                receiver.receive().data.contentEquals(large) shouldBe true
            }
        }

    @Test
    fun aDatagramThatIsTooLongIsRefused() =
        streamTest {
            pair { _, sender ->
                shouldThrow<IllegalArgumentException> { sender.send(ByteArray(70_000)) }
                shouldThrow<SocketException> { sender.send(ByteArray(65_520)) }.message shouldContain "65520 bytes"
            }
        }

    @Test
    fun receiveIntoFillsTheBufferFromItsPositionOn() =
        streamTest {
            pair { receiver, sender ->
                sender.send("abc".toByteArray())
                val heap = ByteBuffer.allocate(10).position(2)
                receiver.receiveInto(heap) shouldBe sender.localAddress
                heap.position() shouldBe 5
                String(heap.array(), 2, 3) shouldBe "abc"
                sender.send("defg".toByteArray())
                val direct = ByteBuffer.allocateDirect(64 * 1024)
                receiver.receiveInto(direct) shouldBe sender.localAddress
                direct.position() shouldBe 4
            }
        }

    @Test
    fun aDatagramThatTheBufferHasNoRoomForIsNotCutOff() =
        streamTest {
            pair { receiver, sender ->
                sender.send("too long".toByteArray())
                sender.send("fits".toByteArray())
                val target = ByteBuffer.allocate(4)
                val error = shouldThrow<DatagramTooLargeException> { receiver.receiveInto(target) }
                error.datagram.data.text() shouldBe "too long"
                error.datagram.address shouldBe sender.localAddress
                target.position() shouldBe 0
                receiver.receiveInto(target)
                target.flip().let { Charsets.UTF_8.decode(it).toString() } shouldBe "fits"
            }
        }

    @Test
    fun aCancelledReceiveLosesNoDatagram() =
        streamTest {
            pair { receiver, sender ->
                val waiting = createTask { receiver.receive() }
                passes(2)
                sender.send("kept".toByteArray())
                waiting.cancel()
                shouldThrow<CancelledException> { waiting.await() }
                receiver.receive().data.text() shouldBe "kept"
            }
        }

    @Test
    fun whoReceivesWithoutPauseLetsOthersRun() =
        streamTest {
            pair { a, b ->
                repeat(100) { b.send(ByteArray(10), a.localAddress) }
                var received = 0
                val receiving = createTask { repeat(100) { a.receive().also { received++ } } }
                passes(1)
                received shouldBeLessThan 100
                receiving.await()
            }
        }

    @Test
    fun onlyOneTaskMayReceive() =
        streamTest {
            pair { receiver, sender ->
                val first = createTask { receiver.receive().data.text() }
                passes(2)
                shouldThrow<IllegalStateException> { receiver.receive() }.message shouldContain "one task"
                sender.send("for the first".toByteArray())
                first.await() shouldBe "for the first"
            }
        }

    @Test
    fun closingEndsAWaitingReceive() =
        streamTest {
            val endpoint = openDatagramEndpoint(onLoopback())
            val waiting = createTask { endpoint.receive() }
            passes(2)
            endpoint.close()
            endpoint.close()
            endpoint.isClosing() shouldBe true
            shouldThrow<SocketException> { waiting.await() }.message shouldContain "closed by this side"
            shouldThrow<SocketException> { endpoint.send(ByteArray(1), endpoint.localAddress) }
        }

    @Test
    fun aConnectedEndpointLearnsThatNobodyListens() =
        streamTest {
            val nobody = openDatagramEndpoint(onLoopback()).use { it.localAddress }
            openDatagramEndpoint(remoteAddress = nobody).use { client ->
                client.send("hello".toByteArray())
                val error = shouldThrow<PortUnreachableException> { client.receive() }
                error.message shouldContain "127.0.0.1:${nobody.port}"
                openDatagramEndpoint(nobody).use { server ->
                    client.send("again".toByteArray())
                    server.receive().data.text() shouldBe "again"
                }
            }
        }

    @Test
    fun aConnectedEndpointHearsOnlyItsPeer() =
        streamTest {
            pair { receiver, sender ->
                openDatagramEndpoint(onLoopback(), receiver.localAddress).use { peer ->
                    openDatagramEndpoint(onLoopback(), peer.localAddress).use { stranger ->
                        stranger.send("unheard".toByteArray())
                        receiver.send("heard".toByteArray(), peer.localAddress)
                        peer.receive().data.text() shouldBe "heard"
                    }
                }
                sender.isClosing() shouldBe false
            }
        }

    @Test
    fun whereToSendMustBeClear() =
        streamTest {
            pair { receiver, sender ->
                shouldThrow<IllegalStateException> { receiver.send(ByteArray(1)) }.message shouldContain "not connected"
                shouldThrow<IllegalArgumentException> { sender.send(ByteArray(1), sender.localAddress) }
                shouldThrow<IllegalArgumentException> { receiver.send(ByteArray(1), InetSocketAddress("::1", 1)) }
                    .message shouldEndWith "one is of IPv4, the other of IPv6"
                sender.send("fine".toByteArray(), receiver.localAddress)
                receiver.receive().data.text() shouldBe "fine"
            }
        }

    @Test
    fun namesAreLookedUp() =
        streamTest {
            openDatagramEndpoint(InetSocketAddress.createUnresolved("localhost", 0)).use { server ->
                val byName = InetSocketAddress.createUnresolved("localhost", server.localAddress.port)
                openDatagramEndpoint(family = familyOf(server)).use { client ->
                    client.send("found".toByteArray(), byName)
                    server.receive().data.text() shouldBe "found"
                }
            }
            val nowhere = InetSocketAddress.createUnresolved("no-such-host.invalid", 1)
            shouldThrow<UnknownHostException> { openDatagramEndpoint(remoteAddress = nowhere) }
        }

    @Test
    fun manySendersReachOneReceiver() =
        streamTest {
            openDatagramEndpoint(onLoopback()).use { receiver ->
                val senders = List(20) { openDatagramEndpoint(remoteAddress = receiver.localAddress) }
                val sending = senders.mapIndexed { i, it -> createTask { it.send("from $i".toByteArray()) } }
                val received = List(20) { receiver.receive().data.text() }
                gather(sending).await()
                received shouldContainExactlyInAnyOrder List(20) { "from $it" }
                senders.forEach { it.close() }
            }
        }

    @Test
    fun aPortThatIsTakenIsRefusedUnlessItIsShared() =
        streamTest {
            openDatagramEndpoint(onLoopback(), reusePort = true).use { first ->
                val error = shouldThrow<BindException> { openDatagramEndpoint(first.localAddress) }
                error.message shouldContain "127.0.0.1:${first.localAddress.port}"
                openDatagramEndpoint(first.localAddress, reusePort = true).close()
            }
        }

    @Test
    fun optionsAreThoseOfTheSocket() =
        streamTest {
            openDatagramEndpoint(onLoopback(), broadcast = true).use { endpoint ->
                endpoint.broadcast shouldBe true
                endpoint.broadcast = false
                endpoint.getOption(StandardSocketOptions.SO_BROADCAST) shouldBe false
                endpoint.multicastTimeToLive = 3
                endpoint.multicastTimeToLive shouldBe 3
                endpoint.multicastLoopback = false
                endpoint.multicastLoopback shouldBe false
                shouldThrow<IllegalArgumentException> { endpoint.multicastTimeToLive = 256 }
                endpoint.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024)
                (endpoint.getOption(StandardSocketOptions.SO_RCVBUF) >= 64 * 1024) shouldBe true
            }
        }

    @Test
    fun aGroupIsHeardBetweenJoinAndLeave() =
        streamTest {
            val loopback = NetworkInterface.getByInetAddress(InetAddress.getByName(LOOPBACK))
            val group = InetAddress.getByName("239.255.77.77")
            val everywhere = InetSocketAddress(0)
            openDatagramEndpoint(everywhere, family = StandardProtocolFamily.INET).use { member ->
                openDatagramEndpoint(onLoopback(), family = StandardProtocolFamily.INET).use { sender ->
                    val port = member.localAddress.port
                    shouldThrow<IllegalArgumentException> { member.join(InetAddress.getByName(LOOPBACK), loopback) }
                    member.join(group, loopback)
                    member.join(group, loopback)
                    sender.multicastInterface = loopback
                    sender.multicastInterface shouldBe loopback
                    sender.send("to all".toByteArray(), InetSocketAddress(group, port))
                    member.receive().data.text() shouldBe "to all"
                    member.leave(group, loopback) shouldBe true
                    member.leave(group, loopback) shouldBe false
                    sender.send("to nobody".toByteArray(), InetSocketAddress(group, port))
                    sender.send("to you".toByteArray(), InetSocketAddress(LOOPBACK, port))
                    member.receive().data.text() shouldBe "to you"
                }
            }
        }

    @Test
    fun ipv6EndpointsTalk() =
        streamTest {
            val ipv6 = InetAddress.getByName("::1")
            assumeTrue(NetworkInterface.getByInetAddress(ipv6) != null, "This machine has no IPv6 loopback.")
            openDatagramEndpoint(InetSocketAddress(ipv6, 0)).use { server ->
                openDatagramEndpoint(remoteAddress = server.localAddress).use { client ->
                    client.send("six".toByteArray())
                    server.receive().data.text() shouldBe "six"
                    val ipv4 = InetSocketAddress(LOOPBACK, 9)
                    shouldThrow<IllegalArgumentException> { openDatagramEndpoint(server.localAddress, ipv4) }
                }
            }
        }

    private fun onLoopback() = InetSocketAddress(LOOPBACK, 0)

    private fun familyOf(endpoint: DatagramEndpoint) =
        if (endpoint.localAddress.address is Inet4Address) StandardProtocolFamily.INET else StandardProtocolFamily.INET6

    /** An endpoint to receive at, and one that is connected to it. */
    private suspend fun pair(body: suspend (receiver: DatagramEndpoint, sender: DatagramEndpoint) -> Unit) {
        openDatagramEndpoint(onLoopback()).use { receiver ->
            openDatagramEndpoint(remoteAddress = receiver.localAddress).use { sender -> body(receiver, sender) }
        }
    }
}
