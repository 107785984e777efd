package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopStreams
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldEndWith
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import java.net.ConnectException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.SocketTimeoutException
import java.nio.channels.SocketChannel
import java.util.concurrent.CountDownLatch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/** Connecting to names with several addresses, of which some answer nothing or refuse. */
class HappyEyeballsTest {
    @Test
    fun aSilentAddressCostsTheDelayAndIsLeft() =
        streamTest {
            unresponsiveServer { silent, _ ->
                serverAt("127.0.0.2", silent.localPort).use { server ->
                    names("two.example", "127.0.0.1", "127.0.0.2")
                    openConnection("two.example", server.localPort, happyEyeballsDelay = 20.milliseconds).use {
                        it.remoteHost() shouldBe "127.0.0.2"
                        watchedChannels() shouldBe 1
                    }
                }
            }
        }

    @Test
    fun aRefusalLeadsToTheNextAddressAtOnce() =
        streamTest {
            rawServer().use { server ->
                names("three.example", "127.0.0.2", "127.0.0.3", "127.0.0.1")
                openConnection("three.example", server.localPort, happyEyeballsDelay = 10.minutes).use {
                    it.remoteHost() shouldBe "127.0.0.1"
                }
            }
        }

    @Test
    fun bothFamiliesAreTried() =
        streamTest {
            assumeTrue(hasIpv6(), "this machine has no IPv6 on its loopback interface")
            serverAt("::1", 0).use { server ->
                names("both.example", "127.0.0.2", "127.0.0.3", "::1")
                openConnection("both.example", server.localPort).use { it.remoteHost() shouldBe "0:0:0:0:0:0:0:1" }
            }
        }

    @Test
    fun theFailureOfEveryAddressIsTold() =
        streamTest {
            val port = unusedPort()
            names("two.example", "127.0.0.1", "127.0.0.2")
            val failure = shouldThrow<ConnectException> { openConnection("two.example", port) }
            failure.message shouldBe "Cannot connect to two.example:$port: Connection refused (127.0.0.1, 127.0.0.2)"
            failure.suppressed.map { it.message }.shouldContainExactly("Connection refused")
        }

    @Test
    fun cancellingWhileSeveralAreTriedLeavesNoSocket() =
        streamTest {
            silentAddresses { port ->
                val task = createTask { openConnection("two.example", port, happyEyeballsDelay = Duration.ZERO) }
                passUntil { watchedChannels() == 2 }
                val channels = watchedKeys().map { it.channel() }
                task.cancel()
                shouldThrow<CancelledException> { task.await() }
                channels.map { it.isOpen }.shouldContainExactly(false, false)
                shouldBeClean()
            }
        }

    @Test
    fun theConnectTimeoutNamesPeerAndLimitAndLeavesNoSocket() =
        streamTest {
            silentAddresses { port ->
                val late =
                    shouldThrow<SocketTimeoutException> {
                        openConnection(
                            "two.example",
                            port,
                            connectTimeout = 100.milliseconds,
                            happyEyeballsDelay = 10.milliseconds,
                        )
                    }
                late.message shouldBe "two.example:$port has not accepted the connection within 100ms"
                shouldBeClean()
            }
        }

    @Test
    fun theConnectTimeoutCoversTheLookUp() =
        streamTest {
            val answer = CountDownLatch(1)
            LoopStreams.of(runningLoop()).lookUp = { answer.await().let { emptyList() } }
            shouldThrow<SocketTimeoutException> {
                openConnection("slow.example", 1, connectTimeout = 50.milliseconds)
            }.message shouldBe "slow.example:1 has not accepted the connection within 50ms"
            answer.countDown()
        }

    @Test
    fun aConnectTimeoutThatIsNotNeededChangesNothing() =
        streamTest {
            rawServer().use { server ->
                openConnection(LOOPBACK, server.localPort, connectTimeout = 20.minutes).use {
                    it.remoteHost() shouldBe LOOPBACK
                }
            }
        }

    @Test
    fun theConnectionComesFromTheLocalAddress() =
        streamTest {
            rawServer().use { server ->
                val local = InetSocketAddress("127.0.0.9", 0)
                openConnection(LOOPBACK, server.localPort, localAddress = local).use { connection ->
                    server.accept().use { it.inetAddress.hostAddress shouldBe "127.0.0.9" }
                    (connection.writer.localAddress as InetSocketAddress).address shouldBe local.address
                }
            }
        }

    @Test
    fun aNameAsLocalAddressIsLookedUp() =
        streamTest {
            rawServer().use { server ->
                names("here.example", "::7", "127.0.0.7")
                val local = InetSocketAddress.createUnresolved("here.example", 0)
                openConnection(LOOPBACK, server.localPort, localAddress = local).use {
                    server.accept().use { peer -> peer.inetAddress.hostAddress shouldBe "127.0.0.7" }
                }
            }
        }

    @Test
    fun aLocalAddressThatIsNotOursOrOfTheOtherFamilyIsAnError() =
        streamTest {
            rawServer().use { server ->
                val family = InetSocketAddress("::1", 0)
                shouldThrow<ConnectException> {
                    openConnection(LOOPBACK, server.localPort, localAddress = family)
                }.message shouldEndWith "The local address [0:0:0:0:0:0:0:1]:0 is of the other family (127.0.0.1)"
                val foreign = InetSocketAddress("192.0.2.1", 0)
                shouldThrow<ConnectException> {
                    openConnection(LOOPBACK, server.localPort, localAddress = foreign)
                }.message shouldEndWith "Cannot assign requested address (127.0.0.1)"
            }
        }

    @Test
    fun timesMustMakeSense() =
        streamTest {
            shouldThrow<IllegalArgumentException> { openConnection(LOOPBACK, 1, connectTimeout = Duration.ZERO) }
            shouldThrow<IllegalArgumentException> { openConnection(LOOPBACK, 1, happyEyeballsDelay = -1.milliseconds) }
        }

    @Test
    fun timesMayBeInfinite() =
        streamTest {
            val forEver = Duration.INFINITE
            val authority = Identity.authority()
            val options = { o: TlsOptions -> o.withHandshakeTimeout(forEver).withShutdownTimeout(forEver) }
            val server = echoServer(options(authority.issue().serverOptions))
            val trusting = options(authority.trustOptions)
            val connection =
                openConnection(
                    LOOPBACK,
                    server.port,
                    trusting,
                    connectTimeout = forEver,
                    happyEyeballsDelay = forEver,
                )
            connection.close()
            connection.writer.waitClosed()
            server.close()
            server.waitClosed()
        }

    /** Runs [body] with a port at which `two.example` has two addresses, and none of them answers. */
    private suspend fun silentAddresses(body: suspend (Int) -> Unit) {
        unresponsiveServer { silent, _ ->
            // 127.0.0.1 twice: each attempt is one of its own all the same.
            names("two.example", "127.0.0.1", "127.0.0.1")
            body(silent.localPort)
        }
    }

    /** Has [name] stand for [addresses], in this order. */
    private fun names(
        name: String,
        vararg addresses: String,
    ) {
        LoopStreams.of(runningLoop()).lookUp = { host ->
            check(host == name)
            addresses.map { InetAddress.getByAddress(name, InetAddress.getByName(it).address) }
        }
    }

    private fun serverAt(
        address: String,
        port: Int,
    ) = ServerSocket(port, 10, InetAddress.getByName(address))

    private fun hasIpv6() = runCatching { serverAt("::1", 0).close() }.isSuccess

    private fun watchedChannels() = watchedKeys().count { it.isValid && it.channel() is SocketChannel }

    private fun Connection.remoteHost() = (writer.remoteAddress as InetSocketAddress).address.hostAddress
}
