package dev.tandem.samples

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.PrintStream
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** What a sample printed, errors included, and the exit status it ended with. */
internal data class SampleRun(
    val output: String,
    val exitStatus: Int,
)

/** Runs the main class [name] in a JVM of its own, since a sample ends the JVM. */
internal fun runSample(
    name: String,
    vararg arguments: String,
): SampleRun {
    val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
    val classPath = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
    return run(java, "-cp", classPath, "dev.tandem.samples.$name", *arguments)
}

/** Runs [command]; one that hangs is ended after a minute, and its exit status says so. */
internal fun run(vararg command: String): SampleRun {
    val process = ProcessBuilder(*command).redirectErrorStream(true).start()
    process.outputStream.close()
    process.onExit().orTimeout(1, TimeUnit.MINUTES).exceptionally { process.destroyForcibly() }
    val output = process.inputReader().readText()
    return SampleRun(output.replace("\r\n", "\n"), process.waitFor())
}

/** Whether [command] is installed, and succeeds. */
internal fun canRun(vararg command: String): Boolean =
    try {
        run(*command).exitStatus == 0
    } catch (_: IOException) {
        false
    }

/** Returns what [program] prints in this JVM. */
internal fun outputOf(program: () -> Unit): String {
    val bytes = ByteArrayOutputStream()
    val standardOutput = System.out
    System.setOut(PrintStream(bytes))
    try {
        program()
    } finally {
        System.setOut(standardOutput)
    }
    return bytes.toString().replace("\r\n", "\n")
}
