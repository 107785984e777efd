package dev.tandem.samples.network

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.SampleProgram
import dev.tandem.samples.outputOf
import dev.tandem.samples.runSample
import dev.tandem.samples.shouldBeAllOf
import dev.tandem.samples.shouldBeListed
import dev.tandem.streams.startServer
import dev.tandem.toThread
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/**
 * The twins of `samples/network` print what Python printed, which is kept in the test resources. They use real sockets,
 * on this machine. `-Dnetwork.update=true` lets Python write it anew.
 */
class NetworkTest {
    /** In the order in which they are to be read. */
    private val programs =
        listOf(
            program("echo-streams", ::echoStreamsExample, EchoStreams::example),
            program("http-headers", ::httpHeadersExample, HttpHeaders::example),
            program("socket-streams", ::socketStreamsExample, SocketStreams::example),
            program("echo-protocol", ::echoProtocolExample, EchoProtocol::example),
            program("echo-datagrams", ::echoDatagramsExample, EchoDatagrams::example),
            program("socket-protocol", ::socketProtocolExample, SocketProtocol::example),
        )

    @TestFactory
    fun kotlinPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) { outputOf { runLoop(body = it.kotlin) } shouldBe it.expected }
        }

    @TestFactory
    fun javaPrintsWhatPythonPrints(): List<DynamicTest> =
        programs.map {
            dynamicTest(it.name) { outputOf { Asyncio.run(it.java) } shouldBe it.expected }
        }

    @TestFactory
    fun pythonPrintsWhatIsKept(): List<DynamicTest> = programs.map { dynamicTest(it.name) { it.checkPython() } }

    @Test
    fun headersOfAGivenUrlArePrinted() =
        runLoop {
            startServer("127.0.0.1", 0) { reader, writer ->
                val question = reader.readLine().decodeToString().trim()
                reader.readUntil("\r\n\r\n".toByteArray())
                writer.write("HTTP/1.0 200 OK\r\nYou-Asked: $question\r\n\r\n".toByteArray())
            }.use { server ->
                val url = "http://127.0.0.1:${server.port}/page"
                for (name in listOf("network.HttpHeadersKt", "network.HttpHeaders")) {
                    val run = toThread { runSample(name, url) }
                    run.output shouldBe "header: HTTP/1.0 200 OK\nheader: You-Asked: HEAD /page HTTP/1.0\n"
                }
            }
        }

    @Test
    fun everyProgramIsTested() = shouldBeAllOf("network", programs)

    @Test
    fun everyProgramIsListed() = shouldBeListed("network", programs)

    private fun program(
        name: String,
        kotlin: suspend () -> Unit,
        java: VoidCallable,
    ) = SampleProgram("network", name, kotlin, java)
}
