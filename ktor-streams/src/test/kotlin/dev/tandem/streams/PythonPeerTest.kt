package dev.tandem.streams

import dev.tandem.createTask
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path

/** Our streams against those of Python's asyncio, in both roles. */
class PythonPeerTest {
    @TempDir
    lateinit var directory: Path

    @BeforeEach
    fun needsPython() = Program.assumeInstalled("python3", "python3")

    @Test
    fun linesAreAnsweredByAPythonServer() =
        withServer { (reader, writer) ->
            writer.writeLines(listOf("echo one\n", "echo two\n", "echo drei äöü\n").map { it.toByteArray() })
            writer.writeEof()
            val answers = ArrayList<String>()
            for (line in reader.lines()) answers += line.text()
            answers shouldBe listOf("one\n", "two\n", "drei äöü\n", "after your end\n")
        }

    @Test
    fun largeAmountsGoBothWays() =
        withServer { (reader, writer) ->
            writer.write("receive 5000000\n".toByteArray())
            repeat(50) {
                writer.write(ByteArray(100_000) { 'x'.code.toByte() })
                writer.drain()
            }
            reader.readLine().text() shouldBe "5000000 of them x\n"
            writer.write("send 5000000\n".toByteArray())
            reader.readExactly(5_000_000).count { it == 'x'.code.toByte() } shouldBe 5_000_000
        }

    @Test
    fun aPythonServerThatAbortsIsAReset() =
        withServer { (reader, writer) ->
            // What it has not read yet makes the system reset the connection instead of ending it.
            writer.write("abort\n".toByteArray() + ByteArray(1_000_000))
            shouldThrow<ConnectionResetException> { reader.read() }
        }

    @Test
    fun aUnixSocketOfPythonWorksTheSame() =
        streamTest {
            val path = directory.resolve("s")
            Program.start("python3", script("asyncio_server.py"), path.toString()).use { python ->
                python.awaitOutput("ready")
                openUnixConnection(path).use { (reader, writer) ->
                    writer.write("echo over a file\n".toByteArray())
                    reader.readLine().text() shouldBe "over a file\n"
                    writer.writeEof()
                    reader.read().text() shouldBe "after your end\n"
                }
            }
        }

    @Test
    fun aPythonClientIsServed() =
        streamTest {
            echoServer().use { server ->
                Program.start("python3", script("asyncio_client.py"), "${server.port}").use { python ->
                    python.awaitEnd() shouldBe
                        "lines: b'one\\n' b'two\\n'\nbulk: 5000000\nrest: b'the end'\ndone\n"
                }
                server.close()
                server.waitClosed()
            }
        }

    private fun withServer(body: suspend (Connection) -> Unit) =
        streamTest {
            Program.start("python3", script("asyncio_server.py")).use { python ->
                val port = python.awaitOutput("ready").split(' ')[1].toInt()
                openConnection(LOOPBACK, port).use { connection -> createTask { body(connection) }.await() }
            }
        }

    private fun script(name: String): String {
        val file = directory.resolve(name)
        javaClass.getResourceAsStream(name)!!.use { Files.copy(it, file) }
        return file.toString()
    }
}
