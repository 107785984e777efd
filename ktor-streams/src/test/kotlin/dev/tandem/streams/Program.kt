package dev.tandem.streams

import dev.tandem.toThread
import org.junit.jupiter.api.Assumptions.assumeTrue
import java.io.File
import java.nio.file.Path
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock

/** A program nobody here wrote, talked to over its standard input and output. Closing ends it. */
internal class Program private constructor(
    private val process: Process,
) : AutoCloseable {
    private val lock = ReentrantLock()
    private val changed = lock.newCondition()
    private val printed = StringBuilder()
    private var ended = false

    init {
        Thread(::collect).apply { isDaemon = true }.start()
    }

    /** Everything printed so far, on both outputs. */
    val output: String get() = lock.withLock { printed.toString() }

    fun type(text: String) {
        process.outputStream.write(text.toByteArray())
        process.outputStream.flush()
    }

    fun endInput() {
        process.outputStream.close()
    }

    /** Waits until [text] was printed, [times] times, and returns everything printed so far. */
    suspend fun awaitOutput(
        text: String,
        times: Int = 1,
    ): String =
        toThread {
            lock.withLock {
                while (!isPrinted(text, times)) {
                    check(!ended) { "The program has ended without printing '$text': $printed" }
                    changed.await()
                }
                printed.toString()
            }
        }

    /** Waits for the end and returns everything printed. */
    suspend fun awaitEnd(): String =
        toThread {
            lock.withLock { while (!ended) changed.await() }
            output
        }

    private fun isPrinted(
        text: String,
        times: Int,
    ): Boolean {
        var from = 0
        repeat(times) {
            val at = printed.indexOf(text, from)
            if (at < 0) return false
            from = at + text.length
        }
        return true
    }

    private fun collect() {
        val buffer = ByteArray(8192)
        while (true) {
            val count = runCatching { process.inputStream.read(buffer) }.getOrDefault(-1)
            lock.withLock {
                if (count > 0) printed.append(String(buffer, 0, count)) else ended = true
                changed.signalAll()
            }
            if (count <= 0) return
        }
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }

    companion object {
        fun start(vararg command: String): Program = Program(ProcessBuilder(*command).redirectErrorStream(true).start())

        /** Skips the test where [program] is not installed. */
        fun assumeInstalled(
            program: String,
            debianPackage: String,
        ) {
            val isInstalled =
                System
                    .getenv(
                        "PATH",
                    ).split(File.pathSeparator)
                    .any { Path.of(it, program).toFile().canExecute() }
            assumeTrue(isInstalled, "$program is not installed (Debian package $debianPackage)")
        }
    }
}
