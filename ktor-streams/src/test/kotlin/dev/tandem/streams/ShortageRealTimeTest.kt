package dev.tandem.streams

import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.BufferedReader
import java.io.File
import java.io.IOException
import java.net.Socket
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import kotlin.io.path.extension

/** A server that has no file descriptors left. It runs in another JVM, which is given few of them. */
@Timeout(120)
class ShortageRealTimeTest {
    @ParameterizedTest(name = "loops = {0}")
    @ValueSource(ints = [1, 2])
    fun aServerWithoutDescriptorsSaysSoOnceAndGoesOnWhenSomeAreFreed(loops: Int) {
        assumeTrue(hasShell(), "needs sh with ulimit -n")
        val process = startServer(loops)
        try {
            val output = process.inputStream.bufferedReader()
            val port = output.lineWith("port ").substringAfter("port ").toInt()
            // Those that are over the limit wait in the system's queue.
            val clients = List(2 * DESCRIPTORS) { rawClient(port).apply { soTimeout = 60_000 } }
            clients.forEach { it.send("x") }
            output.lineWith("report 1 ") shouldContain "Cannot accept connections on /127.0.0.1:$port"
            output.lineWith("reports so far") shouldBe "reports so far: 1"

            val (served, waiting) = clients.withIndex().partition { it.index < DESCRIPTORS / 4 }
            served.forEach { it.value.receiveOne() shouldBe 'x'.code }
            served.forEach { it.value.close() }
            // Each of them frees another's place.
            waiting.forEach { (_, client) ->
                client.receiveOne() shouldBe 'x'.code
                client.close()
            }
            rawClient(port).use { late ->
                late.send("y")
                late.receiveOne() shouldBe 'y'.code
            }
            process.outputStream.close()
            output.lineWith("closed") shouldBe "closed"
            process.waitFor() shouldBe 0
        } finally {
            process.destroyForcibly()
        }
    }

    @TempDir
    lateinit var directory: Path

    private fun startServer(loops: Int): Process {
        val java =
            ProcessHandle
                .current()
                .info()
                .command()
                .get()
        val command =
            "ulimit -n $DESCRIPTORS && exec \"$java\" -Xmx128m -cp \"\$CLASSES\" ${SERVER_CLASS} $loops"
        val builder = ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.INHERIT)
        builder.environment()["CLASSES"] = classesInJars()
        return builder.start()
    }

    /** As an application has them: to load a class from a directory takes a descriptor, from an open jar none. */
    private fun classesInJars(): String {
        val all = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        val (directories, jars) = all.split(File.pathSeparator).map(Path::of).partition { Files.isDirectory(it) }
        val ours = directory.resolve("classes.jar")
        JarOutputStream(Files.newOutputStream(ours)).use { jar -> directories.forEach { addClasses(it, jar) } }
        return (listOf(ours) + jars).joinToString(File.pathSeparator)
    }

    private fun addClasses(
        root: Path,
        jar: JarOutputStream,
    ) {
        val files = Files.walk(root).use { all -> all.filter { it.extension == "class" }.toList() }
        for (file in files) {
            jar.putNextEntry(JarEntry(root.relativize(file).joinToString("/")))
            Files.copy(file, jar)
        }
    }

    private fun hasShell(): Boolean =
        try {
            ProcessBuilder("sh", "-c", "ulimit -n $DESCRIPTORS").start().waitFor() == 0
        } catch (_: IOException) {
            false
        }

    private fun Socket.receiveOne(): Int = getInputStream().read()

    private fun BufferedReader.lineWith(word: String): String {
        while (true) {
            val line = readLine() ?: error("The server has ended before it said \"$word\".")
            if (word in line) return line
        }
    }

    private companion object {
        /** A JVM takes some of them for itself, for each jar. */
        const val DESCRIPTORS = 256
        const val SERVER_CLASS = "dev.tandem.streams.ServerOfAnotherJvmKt"
    }
}
