package dev.tandem.samples

import dev.tandem.javaapi.VoidCallable
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** A short program of [group] with its twins, and what Python has printed. */
internal class SampleProgram(
    private val group: String,
    val name: String,
    val kotlin: suspend () -> Unit,
    val java: VoidCallable,
) {
    private val python: Path = Path.of("src/main/python", group, name.replace('-', '_') + ".py")
    private val kept: Path = Path.of("src/test/resources", group, "$name.txt")

    /** What Python has printed. */
    val expected: String get() = kept.readText()

    /** Runs the program in Python, by way of the script [launcher] if there is one, and checks that it prints the same. */
    fun checkPython(launcher: String? = null) {
        assumeTrue(
            canRun("python3", "-c", "from asyncio import Runner"),
            "python3 is not installed, or older than 3.11",
        )
        val run = run("python3", *listOfNotNull(launcher, "$python").toTypedArray())
        if (System.getProperty("$group.update").toBoolean()) kept.writeText(run.output)
        run.output shouldBe expected
    }
}

/** Checks that [programs] are all that [group] has, in each language. */
internal fun shouldBeAllOf(
    group: String,
    programs: List<SampleProgram>,
) {
    val names = programs.map { it.name }
    val sources = Path.of("src/main")
    val kotlin = sources.resolve("kotlin/dev/tandem/samples/$group").listDirectoryEntries("*.kt")
    val java = sources.resolve("java/dev/tandem/samples/$group").listDirectoryEntries("*.java")
    val python = sources.resolve("python/$group").listDirectoryEntries("*.py")
    kotlin.map { nameOf(it) } shouldContainExactlyInAnyOrder names
    java.map { nameOf(it) } shouldContainExactlyInAnyOrder names
    python.map { nameOf(it) } shouldContainExactlyInAnyOrder names
}

/** Checks that `samples/run GROUP` lists [programs], in their order. */
internal fun shouldBeListed(
    group: String,
    programs: List<SampleProgram>,
) {
    assumeTrue(canRun("bash", "--version"), "bash is not installed")
    val list = run("bash", "run", group)
    withClue(list.output) {
        val listed = list.output.lines().filter { it.startsWith("  ") }
        listed.map { it.trim().substringBefore(' ') } shouldContainExactly programs.map { it.name }
    }
}

/** `AsCompleted.kt` and `as_completed.py` are `as-completed`. */
private fun nameOf(file: Path): String =
    file.nameWithoutExtension
        .replace(Regex("(?<=[a-z])(?=[A-Z])"), "-")
        .replace('_', '-')
        .lowercase()
