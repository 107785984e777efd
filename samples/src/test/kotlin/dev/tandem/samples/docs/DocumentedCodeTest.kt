package dev.tandem.samples.docs

import io.kotest.assertions.withClue
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.io.path.writeText

/** The code that the documentation shows is code that is compiled. `-Ddocs.update=true` rewrites the pages. */
class DocumentedCodeTest {
    @TestFactory
    fun everyBlockIsCutFromASample(): List<DynamicTest> =
        Documentation.pages().map { page ->
            dynamicTest(Documentation.nameOf(page)) {
                val code = DocumentedCode(Documentation.root, page.readText())
                if (java.lang.Boolean.getBoolean("docs.update")) page.writeText(code.updated())
                withClue("To bring the samples into the pages, run: $UPDATE") {
                    DocumentedCode(Documentation.root, page.readText()).problems().shouldBeEmpty()
                }
            }
        }

    @Test
    fun blockThatDiffersOrHasNoSampleIsAProblem(
        @TempDir root: Path,
    ) {
        root.resolve("A.kt").writeText("x\n  // region r\n  one\n    two\n  // endregion\n")
        val same = "<!-- sample: A.kt#r -->\n```kotlin\none\n  two\n```\n"
        val page =
            same + same.replace("two", "three") + same.replace("#r", "#s") + same.replace("A.kt", "B.kt") +
                "```java\nfour\n```\n```bash\nls\n```\n"
        DocumentedCode(root, page).problems().shouldContainExactly(
            "differs from A.kt#r:\none\n  three\n",
            "there is no region s in A.kt",
            "there is no file B.kt",
            "a java block without a sample:\nfour\n",
        )
    }

    @Test
    fun updatingBringsTheSampleIntoThePage(
        @TempDir root: Path,
    ) {
        root.resolve("a.py").writeText("# region r\none\n\ntwo\n# endregion\n")
        val page = "text\n<!-- sample: a.py#r -->\n```python\nold\n```\nmore\n"
        DocumentedCode(root, page).updated() shouldBe
            "text\n<!-- sample: a.py#r -->\n```python\none\n\ntwo\n```\nmore\n"
    }

    private companion object {
        const val UPDATE =
            "mvn test -pl samples -am -Ddocs.update=true -Dtest=DocumentedCodeTest -Dsurefire.failIfNoSpecifiedTests=false"
    }
}
