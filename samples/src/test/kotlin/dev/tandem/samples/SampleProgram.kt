package dev.tandem.samples

import dev.tandem.javaapi.VoidCallable
import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import org.junit.jupiter.api.Assumptions.assumeTrue
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension

/** A short program of [group] with its twins, and what Python has printed. */
internal class SampleProgram(
    group: String,
    val name: String,
    val kotlin: suspend () -> Unit,
    val java: VoidCallable,
) {
    val python: Path = Path.of("src/main/python", group, name.replace('-', '_') + ".py")
    val expected: Path = Path.of("src/test/resources", group, "$name.txt")
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
