package dev.tandem.samples.docs

import java.nio.file.Path
import kotlin.io.path.exists
import kotlin.io.path.readText

/**
 * The blocks of code in a page, and where they are cut from.
 *
 * A block is preceded by a line `<!-- sample: path/of/File.kt#name -->`; its text is what that file has between the
 * lines `// region name` and `// endregion` (`#` in Python), less the common indentation. Languages that are not
 * compiled (`bash`, `text`, ...) need no sample.
 */
internal class DocumentedCode(
    private val root: Path,
    private val page: String,
) {
    /** What is wrong with the page, one line each. */
    fun problems(): List<String> =
        BLOCK
            .findAll(page)
            .mapNotNull { block ->
                val (marker, language, text) = block.destructured
                when {
                    marker.isEmpty() -> if (language in COMPILED) "a $language block without a sample:\n$text" else null
                    else -> problemWith(marker, text)
                }
            }.toList()

    /** The page with every block as its sample has it. */
    fun updated(): String =
        BLOCK.replace(page) { block ->
            val (marker, _, text) = block.destructured
            val sample = if (marker.isEmpty()) text else sampleOf(marker)
            block.value.removeSuffix("$text```") + sample + "```"
        }

    /** The markers of the page's blocks, in their order. */
    fun markers(): List<String> =
        BLOCK
            .findAll(page)
            .map { it.groupValues[1] }
            .filter(String::isNotEmpty)
            .toList()

    /** What [marker] stands for. */
    fun sampleOf(marker: String): String = cut(marker).getOrThrow()

    private fun problemWith(
        marker: String,
        text: String,
    ): String? = cut(marker).fold({ if (it == text) null else "differs from $marker:\n$text" }, { it.message })

    private fun cut(marker: String): Result<String> =
        runCatching {
            val (path, name) = marker.split('#')
            val file = root.resolve(path)
            check(file.exists()) { "there is no file $path" }
            val lines = file.readText().lines()
            val start = lines.indexOfFirst { it.trim() in listOf("// region $name", "# region $name") }
            check(start >= 0) { "there is no region $name in $path" }
            val region = lines.drop(start + 1).takeWhile { it.trim() !in listOf("// endregion", "# endregion") }
            region.joinToString("\n").trimIndent() + "\n"
        }

    private companion object {
        val COMPILED = setOf("kotlin", "java", "python")

        /** Marker (or nothing), language, text. */
        val BLOCK =
            Regex(
                "(?:^<!-- sample: (\\S+) -->\\n)?^```(\\w+)\\n(.*?)^```$",
                setOf(RegexOption.MULTILINE, RegexOption.DOT_MATCHES_ALL),
            )
    }
}
