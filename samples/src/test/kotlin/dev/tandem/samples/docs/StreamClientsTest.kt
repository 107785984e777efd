package dev.tandem.samples.docs

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import dev.tandem.streams.startServer
import io.kotest.matchers.collections.shouldContainExactly
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Files
import java.nio.file.Path
import dev.tandem.javaapi.Streams as JavaStreams

/** What the examples about clients print, in both languages, is what the comments in them say. */
class StreamClientsTest {
    @TempDir
    lateinit var directory: Path

    @Test
    fun clientGetsItsAnswer() {
        printed({ aClient(it) }, StreamClients::client).shouldContainExactly("hello")
    }

    @Test
    fun optionsAreTaken() {
        printed({ howToConnect(it) }, StreamClients::howToConnect).shouldContainExactly("127.0.0.1")
    }

    @Test
    fun refusalIsNamed() {
        // Port 1 is one that nothing listens on.
        printed({ nobodyListens(1) }, { StreamClients.nobodyListens(1) })
            .shouldContainExactly("Cannot connect to 127.0.0.1:1: Connection refused (127.0.0.1)")
    }

    @Test
    fun linesComeUntilTheEnd() {
        printed({ linesToTheEnd(it) }, StreamClients::linesToTheEnd).shouldContainExactly("one", "two", "three")
    }

    @Test
    fun piecesAreTakenApart() {
        printed({ piecesOfAProtocol(it) }, StreamClients::piecesOfAProtocol)
            .shouldContainExactly("abcde", ";", "only rest")
    }

    @Test
    fun readThatRanOutOfTimeLosesNothing() {
        printed({ timeLimitOfARead(it) }, StreamClients::timeLimitOfARead)
            .shouldContainExactly("no line yet", "half a line")
    }

    @Test
    fun ownBufferIsFilled() {
        printed({ ownBuffer(it) }, StreamClients::ownBuffer).shouldContainExactly("1000000")
    }

    @Test
    fun fileIsSent() {
        val file = Files.writeString(directory.resolve("file"), "what it holds")
        printed({ aFile(it, file) }, { StreamClients.file(it, file) })
            .shouldContainExactly("13 bytes", "the file: what it holds")
    }

    /** Runs the example in both languages against an echo server, and returns what both print. */
    private fun printed(
        kotlin: suspend (Int) -> Unit,
        java: (Int) -> Unit,
    ): List<String> {
        val inKotlin =
            linesOf {
                runLoop {
                    val server =
                        startServer("localhost", 0) { reader, writer ->
                            while (true) {
                                val bytes = reader.read(64 * 1024)
                                if (bytes.isEmpty()) break
                                writer.write(bytes)
                                writer.drain()
                            }
                        }
                    server.use { kotlin(it.port) }
                }
            }
        val inJava =
            linesOf {
                Asyncio.run(
                    VoidCallable {
                        val server =
                            Asyncio.await(
                                JavaStreams.startServer("localhost", 0) { reader, writer ->
                                    while (true) {
                                        val bytes = Asyncio.await(reader.read(64 * 1024))
                                        if (bytes.isEmpty()) break
                                        writer.write(bytes)
                                        Asyncio.await(writer.drain())
                                    }
                                },
                            )
                        server.use { java(it.port()) }
                    },
                )
            }
        inJava.shouldContainExactly(inKotlin)
        return inKotlin
    }

    private fun linesOf(program: () -> Unit): List<String> = outputOf(program).lines().filter(String::isNotEmpty)
}
