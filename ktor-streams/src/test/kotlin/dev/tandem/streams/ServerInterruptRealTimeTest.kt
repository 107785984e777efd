package dev.tandem.streams

import dev.tandem.KeyboardInterruptException
import dev.tandem.createTask
import dev.tandem.runLoop
import dev.tandem.sleep
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.util.concurrent.TimeUnit
import kotlin.time.Duration.Companion.milliseconds

/** Ctrl-C ends a program that serves, in a JVM of its own. */
@Timeout(60)
class ServerInterruptRealTimeTest {
    @ParameterizedTest(name = "loops = {0}")
    @ValueSource(ints = [1, 2])
    fun ctrlCEndsTheServerOnceItsClientsHaveGone(loops: Int) {
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
            output.readLine() shouldBe "closing"
            for (client in clients) {
                client.send("y")
                client.getInputStream().read() shouldBe 'y'.code
                client.close()
            }
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
                            do {
                                val some = reader.read(1)
                                writer.write(some)
                            } while (some.isNotEmpty())
                        }
                    println(server.port)
                    createTask {
                        while (server.isServing()) sleep(10.milliseconds)
                        println("closing")
                    }
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
