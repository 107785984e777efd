package dev.tandem.streams

import dev.tandem.KeyboardInterruptException
import dev.tandem.runLoop
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.util.concurrent.TimeUnit

/** Ctrl-C ends a program that serves, in a JVM of its own. */
@Timeout(60)
class ServerInterruptRealTimeTest {
    @ParameterizedTest(name = "loops = {0}")
    @ValueSource(ints = [1, 2])
    fun ctrlCEndsTheServerAndItsConnections(loops: Int) {
        assumeTrue(hasEnv(), "needs GNU env, to undo what a build in the background does to the signal")
        val process = start(loops)
        try {
            val output = process.inputStream.bufferedReader()
            val port = output.readLine().toInt()
            val clients = List(2) { rawClient(port).apply { soTimeout = 30_000 } }
            for (client in clients) {
                client.send("x")
                client.getInputStream().read() shouldBe 'x'.code
            }
            ProcessBuilder("kill", "-INT", "${process.pid()}").start().waitFor() shouldBe 0
            clients.forEach { client -> client.use { it.getInputStream().read() shouldBe -1 } }
            output.readLine() shouldBe "interrupted"
            process.waitFor(30, TimeUnit.SECONDS) shouldBe true
            process.exitValue() shouldBe 0
        } finally {
            process.destroyForcibly()
        }
    }

    private fun start(loops: Int): Process {
        val java =
            ProcessHandle
                .current()
                .info()
                .command()
                .get()
        val classPath = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val program = listOf(java, "-cp", classPath, InterruptedServer::class.java.name, "$loops")
        return ProcessBuilder(RESET + program).redirectError(ProcessBuilder.Redirect.INHERIT).start()
    }

    private fun hasEnv(): Boolean =
        try {
            ProcessBuilder(RESET + "true").start().waitFor() == 0
        } catch (_: IOException) {
            false
        }

    /** Serves until Ctrl-C. */
    object InterruptedServer {
        @JvmStatic
        fun main(arguments: Array<String>) {
            try {
                runLoop {
                    val server =
                        startServer(LOOPBACK, 0, loops = arguments[0].toInt()) { reader, writer ->
                            writer.write(reader.readExactly(1))
                            reader.read()
                        }
                    println(server.port)
                    server.serveForever()
                }
            } catch (_: KeyboardInterruptException) {
                println("interrupted")
            }
        }
    }

    private companion object {
        val RESET = listOf("env", "--default-signal=INT")
    }
}
