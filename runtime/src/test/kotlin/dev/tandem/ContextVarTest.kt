package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test

class ContextVarTest {
    private val color = ContextVar("color", default = "none")

    @Test
    fun variableWithoutAValueReadsItsDefault() {
        Context().run { color.get() } shouldBe "none"
    }

    @Test
    fun variableWithoutValueAndDefaultSaysHowToGiveItOne() {
        val bare = ContextVar<String>("bare")
        val error = shouldThrow<NoSuchElementException> { Context().run { bare.get() } }
        error.message shouldContain "ContextVar(bare) has no value"
    }

    @Test
    fun nullIsAValue() {
        val nullable = ContextVar<String?>("nullable", default = "default")
        Context().run {
            nullable.set(null)
            nullable.get()
        } shouldBe null
    }

    @Test
    fun resetRestoresWhatWasThere() {
        Context().run {
            color.set("red")
            val token = color.set("blue")
            color.reset(token)
            color.get() shouldBe "red"
        }
    }

    @Test
    fun resetOfTheFirstValueTakesTheValueAway() {
        val context = Context()
        context.run { color.reset(color.set("red")) }
        (color in context) shouldBe false
    }

    @Test
    fun tokenRestoresOnlyOnce() {
        Context().run {
            val token = color.set("red")
            color.reset(token)
            shouldThrow<IllegalStateException> { color.reset(token) }
        }
    }

    @Test
    fun closingTheTokenLimitsAValueToABlock() {
        Context().run {
            color.set("red")
            color.set("blue").use { color.get() shouldBe "blue" }
            color.get() shouldBe "red"
        }
    }

    @Test
    fun tokenOfAnotherVariableIsRefused() {
        val other = ContextVar("other", default = "none")
        Context().run {
            val token = other.set("red")
            shouldThrow<IllegalArgumentException> { color.reset(token) }
        }
    }

    @Test
    fun tokenOfAnotherContextIsRefused() {
        val token = Context().run { color.set("red") }
        Context().run { shouldThrow<IllegalArgumentException> { color.reset(token) } }
    }

    @Test
    fun contextKeepsWhatItsBlockSets() {
        val context = Context()
        context.run { color.set("red") }
        context[color] shouldBe "red"
        color.get() shouldBe "none"
    }

    @Test
    fun contextCannotBeEnteredTwice() {
        val context = Context()
        shouldThrow<IllegalStateException> { context.run { context.run {} } }.message shouldContain "context.copy()"
    }

    @Test
    fun contextIsLeftAlsoWhenItsBlockFails() {
        val context = Context()
        shouldThrow<Broken> { context.run { throw Broken() } }
        context.run { "entered again" } shouldBe "entered again"
    }

    @Test
    fun copyAndOriginalGoTheirOwnWays() {
        val original = Context()
        original.run { color.set("red") }
        val copy = original.copy()
        copy.run { color.set("blue") }
        original[color] shouldBe "red"
        copy[color] shouldBe "blue"
    }

    @Test
    fun copyContextCopiesTheCurrentOne() {
        Context().run {
            color.set("red")
            val copy = copyContext()
            color.set("blue")
            copy[color] shouldBe "red"
        }
    }

    @Test
    fun valueSetByATaskStaysInTheTaskAcrossItsAwaits() =
        inVirtualTime {
            val tasks =
                listOf("red", "blue").map { value ->
                    createTask {
                        color.set(value)
                        passes(2)
                        color.get()
                    }
                }
            gather(tasks).await() shouldBe listOf("red", "blue")
            color.get() shouldBe "none"
        }

    @Test
    fun contextRunInsideATaskGivesTheTaskItsOwnBack() =
        inVirtualTime {
            color.set("red")
            Context().run { color.get() } shouldBe "none"
            color.get() shouldBe "red"
        }

    @Test
    fun variableAndContextShowThemselves() {
        val context = Context()
        context.run { color.set("red") }
        "$color" shouldBe "ContextVar(color)"
        "$context" shouldBe "Context(color=red)"
    }
}
