package dev.tandem.samples.docs

import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension

/** The files of the documentation. Tests run in the folder of their module. */
internal object Documentation {
    val root: Path = Path.of(System.getProperty("basedir", "")).toAbsolutePath().parent

    /** README.md and everything under docs/. */
    fun pages(): List<Path> =
        Files.walk(root.resolve("docs")).use { files ->
            listOf(root.resolve("README.md")) + files.filter { it.extension == "md" }.sorted().toList()
        }

    /** How messages and test names call [page]. */
    fun nameOf(page: Path): String = root.relativize(page).joinToString("/")
}
