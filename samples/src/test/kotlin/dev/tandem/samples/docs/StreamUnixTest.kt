package dev.tandem.samples.docs

import dev.tandem.javaapi.Asyncio
import dev.tandem.javaapi.VoidCallable
import dev.tandem.runLoop
import dev.tandem.samples.outputOf
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** What the examples about Unix sockets print, in both languages, is what the comments in them say. */
class StreamUnixTest {
    @TempDir
    lateinit var directory: Path

    @Test
    fun serverAnswersAndTakesItsFileAway() {
        val socket = directory.resolve("s")
        outputOf { runLoop { overAFile(socket) } } shouldBe "hello\nleft behind: false\n"
        outputOf { Asyncio.run(VoidCallable { StreamUnix.overAFile(socket) }) } shouldBe "hello\nleft behind: false\n"
    }

    @Test
    fun missingServerIsNamed() {
        val message = "/run/no-such.sock: no server has made this socket\n"
        outputOf { runLoop { noServer() } } shouldBe message
        outputOf { Asyncio.run(VoidCallable(StreamUnix::noServer)) } shouldBe message
    }
}
