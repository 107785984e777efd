package dev.tandem.streams

import dev.tandem.createTask
import dev.tandem.runningLoop
import dev.tandem.streams.internal.LoopSelectorManager
import io.kotest.matchers.shouldBe
import io.ktor.network.selector.Selectable
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.aSocket
import org.junit.jupiter.api.Test
import java.nio.ByteBuffer
import java.nio.channels.SocketChannel

class KtorSelectorTest {
    @Test
    fun ktorsSocketsConnectAndAcceptOnTheLoop() =
        streamTest {
            val loop = runningLoop()
            val sockets = aSocket(LoopSelectorManager(loop)).tcp()
            val server = sockets.bind(LOOPBACK, 0)
            val accepting = createTask { server.accept() to Thread.currentThread() }
            passes(2)
            val client = sockets.connect(InetSocketAddress(LOOPBACK, (server.localAddress as InetSocketAddress).port))
            val (accepted, thread) = accepting.await()
            thread shouldBe Thread.currentThread()
            channelOf(client).write(ByteBuffer.wrap("hello".toByteArray()))
            loop.awaitReadable(channelOf(accepted))
            channelOf(accepted).read(ByteBuffer.allocate(10)) shouldBe 5
            // Ktor closes on a thread of its own, and tells the loop.
            listOf(client, accepted, server).forEach { it.close() }
            passUntil { watchedKeys().isEmpty() && !channelOf(client).isOpen && !channelOf(accepted).isOpen }
        }

    private fun channelOf(socket: Any) = (socket as Selectable).channel as SocketChannel
}
