package dev.tandem.samples.docs

import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import kotlin.io.path.readLines

/** The tables of `docs/from-asyncio.md` name what there is. */
class FromAsyncioTableTest {
    private val rows: List<List<String>> =
        Documentation.root
            .resolve("docs/from-asyncio.md")
            .readLines()
            .dropWhile { it != "## The language" }
            .takeWhile { it != "## Names that break the rule" }
            .filter { it.startsWith("| ") && !it.startsWith("| Python |") }
            .map { row -> row.removeSurrounding("| ", " |").split(" | ", " |") }

    private val kotlinNames = DocumentedNames(Language.KOTLIN, listOf("dev.tandem", "dev.tandem.streams"))

    private val javaNames =
        DocumentedNames(Language.JAVA, listOf("dev.tandem.javaapi", "dev.tandem", "dev.tandem.streams"))

    @Test
    fun everyKotlinNameExists() {
        namesInColumn(1).filterNot(kotlinNames::exists).shouldBeEmpty()
    }

    @Test
    fun everyJavaNameExists() {
        namesInColumn(2).filterNot(javaNames::exists).shouldBeEmpty()
    }

    @Test
    fun tablesAreFound() {
        rows.size shouldBeGreaterThan 50
    }

    @Test
    fun nameThatDoesNotExistIsNoticed() {
        kotlinNames.exists("waitFor") shouldBe true
        kotlinNames.exists("waitforit") shouldBe false
        kotlinNames.exists("Task.name") shouldBe true
        kotlinNames.exists("Task.nickname") shouldBe false
        kotlinNames.exists("Chore") shouldBe false
    }

    @Test
    fun nameThatJavaCannotWriteIsNoticed() {
        javaNames.exists("Task.getName") shouldBe true
        javaNames.exists("Task.name") shouldBe false
        javaNames.exists("TimerHandle.when") shouldBe false
        javaNames.exists("Queue.getNoWait") shouldBe true
    }

    private fun namesInColumn(column: Int): List<String> =
        rows.flatMap { row -> NAME.findAll(row[column]).map { it.groupValues[1] } }

    private companion object {
        val NAME = Regex("`([^`]+)`")
    }
}
