package dev.tandem.samples.docs

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.net.StandardProtocolFamily
import java.net.UnixDomainSocketAddress
import java.nio.ByteBuffer
import java.nio.channels.ServerSocketChannel
import java.nio.file.Path
import kotlin.concurrent.thread

/** What the examples about Unix sockets print, in both languages, is what the comments in them say. */
class StreamUnixTest {
    @TempDir
    lateinit var directory: Path

    @Test
    fun clientGetsItsAnswer() {
        val socket = directory.resolve("s")
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).use { server ->
            server.bind(UnixDomainSocketAddress.of(socket))
            thread { repeat(2) { echoOnce(server) } }
            outputOf { runLoop { overAFile(socket) } } shouldBe "hello\n"
            outputOf { Asyncio.run(VoidCallable { StreamUnix.client(socket) }) } shouldBe "hello\n"
        }
    }

    @Test
    fun missingServerIsNamed() {
        val message = "/run/no-such.sock: no server has made this socket\n"
        outputOf { runLoop { noServer() } } shouldBe message
        outputOf { Asyncio.run(VoidCallable(StreamUnix::noServer)) } shouldBe message
    }

    private fun echoOnce(server: ServerSocketChannel) {
        server.accept().use { peer ->
            val bytes = ByteBuffer.allocate(100)
            peer.read(bytes)
            peer.write(bytes.flip())
        }
    }
}
