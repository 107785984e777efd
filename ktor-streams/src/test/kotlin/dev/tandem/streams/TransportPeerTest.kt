package dev.tandem.streams

import dev.tandem.toThread
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import java.io.BufferedReader
import java.io.File
import java.net.InetSocketAddress

/** Our datagrams and protocols against those of Python's asyncio, and against netcat. */
class TransportPeerTest {
    @Test
    fun aDatagramEndpointTalksToAsyncio() =
        python(ASYNCIO_UDP_SERVER) { python ->
            val server = InetSocketAddress(LOOPBACK, python.line().toInt())
            openDatagramEndpoint(remoteAddress = server).use { endpoint ->
                for (text in listOf("one", "two", "x".repeat(9000))) {
                    endpoint.send(text.toByteArray())
                    endpoint.receive().data.text() shouldBe text.uppercase()
                }
            }
        }

    @Test
    fun asyncioTalksToADatagramProtocol() =
        streamTest {
            val (transport, protocol) = createDatagramEndpoint(::Shout, InetSocketAddress(LOOPBACK, 0))
            withPython(ASYNCIO_UDP_CLIENT, transport.localAddress.port) { python -> python.line() shouldBe "b'HELLO'" }
            transport.close()
            passUntil { protocol.isLost }
        }

    @Test
    fun netcatTalksToADatagramEndpoint() =
        streamTest {
            assumeTrue(isInstalled("nc"), "nc is not installed (Debian: netcat-openbsd).")
            openDatagramEndpoint(InetSocketAddress(LOOPBACK, 0)).use { endpoint ->
                withProgram("nc", "-u", LOOPBACK, "${endpoint.localAddress.port}") { netcat ->
                    netcat.write("hello\n")
                    val (data, address) = endpoint.receive()
                    data.text() shouldBe "hello\n"
                    endpoint.send("and back\n".toByteArray(), address)
                    netcat.line() shouldBe "and back"
                }
            }
        }

    @Test
    fun asyncioTalksToAProtocol() =
        streamTest {
            createServer(::Echo, LOOPBACK, 0).useToTheEnd { server ->
                withPython(ASYNCIO_TCP_CLIENT, server.port) { python ->
                    python.line() shouldBe "b'line\\n'"
                    python.line() shouldBe "3000000"
                    python.line() shouldBe "b''"
                }
            }
        }

    @Test
    fun aProtocolTalksToAsyncio() =
        python(ASYNCIO_TCP_SERVER) { python ->
            val events = ArrayList<String>()
            val (transport, client) = createConnection({ Recorder(events) }, LOOPBACK, python.line().toInt())
            transport.write("hello".toByteArray())
            transport.writeEof()
            client.lost.await()
            events shouldBe listOf("connectionMade", "dataReceived HELLO", "eofReceived", "connectionLost null")
        }

    private fun python(
        script: String,
        body: suspend (Peer) -> Unit,
    ) = streamTest { withPython(script, 0, body) }

    private suspend fun withPython(
        script: String,
        port: Int,
        body: suspend (Peer) -> Unit,
    ) {
        assumeTrue(isInstalled("python3"), "python3 is not installed (Debian: python3).")
        withProgram("python3", "-u", "-c", script, "$port") { body(it) }
    }

    private suspend fun withProgram(
        vararg command: String,
        body: suspend (Peer) -> Unit,
    ) {
        val process = toThread { ProcessBuilder(*command).redirectError(ProcessBuilder.Redirect.INHERIT).start() }
        try {
            body(Peer(process))
        } finally {
            process.destroyForcibly()
            toThread { process.waitFor() }
        }
    }

    private fun isInstalled(program: String) =
        System.getenv("PATH").split(File.pathSeparator).any { File(it, program).canExecute() }

    private class Peer(
        private val process: Process,
    ) {
        private val output: BufferedReader = process.inputStream.bufferedReader()

        suspend fun line(): String = toThread { checkNotNull(output.readLine()) { "The program has ended." } }

        suspend fun write(text: String) =
            toThread {
                process.outputStream.write(text.toByteArray())
                process.outputStream.flush()
            }
    }

    private class Shout : DatagramProtocol {
        private lateinit var transport: DatagramTransport
        var isLost = false

        override fun connectionMade(transport: DatagramTransport) {
            this.transport = transport
        }

        override fun datagramReceived(
            data: ByteArray,
            address: InetSocketAddress,
        ) = transport.sendTo(data.text().uppercase().toByteArray(), address)

        override fun connectionLost(exception: Throwable?) {
            isLost = true
        }
    }

    private companion object {
        val ASYNCIO_UDP_SERVER =
            """
            import asyncio

            class Shout(asyncio.DatagramProtocol):
                def connection_made(self, transport):
                    self.transport = transport

                def datagram_received(self, data, addr):
                    self.transport.sendto(data.upper(), addr)

            async def main():
                loop = asyncio.get_running_loop()
                transport, _ = await loop.create_datagram_endpoint(Shout, local_addr=("127.0.0.1", 0))
                print(transport.get_extra_info("sockname")[1])
                await asyncio.sleep(60)

            asyncio.run(main())
            """.trimIndent()

        val ASYNCIO_UDP_CLIENT =
            """
            import asyncio, sys

            class Ask(asyncio.DatagramProtocol):
                def connection_made(self, transport):
                    self.answer = asyncio.get_running_loop().create_future()
                    transport.sendto(b"hello")

                def datagram_received(self, data, addr):
                    self.answer.set_result(data)

            async def main():
                loop = asyncio.get_running_loop()
                address = ("127.0.0.1", int(sys.argv[1]))
                _, protocol = await loop.create_datagram_endpoint(Ask, remote_addr=address)
                print(await protocol.answer)

            asyncio.run(main())
            """.trimIndent()

        val ASYNCIO_TCP_CLIENT =
            """
            import asyncio, sys

            async def main():
                reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
                writer.write(b"line\n")
                print(await reader.readline())
                writer.write(b"x" * 3_000_000)
                print(len(await reader.readexactly(3_000_000)))
                writer.write_eof()
                print(await reader.read())

            asyncio.run(main())
            """.trimIndent()

        val ASYNCIO_TCP_SERVER =
            """
            import asyncio

            class Shout(asyncio.Protocol):
                def connection_made(self, transport):
                    self.transport = transport

                def data_received(self, data):
                    self.transport.write(data.upper())

            async def main():
                loop = asyncio.get_running_loop()
                server = await loop.create_server(Shout, "127.0.0.1", 0)
                print(server.sockets[0].getsockname()[1])
                await server.serve_forever()

            asyncio.run(main())
            """.trimIndent()
    }
}
