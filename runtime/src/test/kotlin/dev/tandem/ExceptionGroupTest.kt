package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldBeSameInstanceAs
import org.junit.jupiter.api.Test

class ExceptionGroupTest {
    private val illegal = IllegalArgumentException("illegal")
    private val broken = Broken("broken")
    private val deep = Broken("deep")
    private val nested = ExceptionGroup("outer", listOf(illegal, broken, ExceptionGroup("inner", listOf(deep))))

    @Test
    fun messageCountsTheExceptions() {
        ExceptionGroup("why", listOf(broken)).message shouldBe "why (1 exception)"
        ExceptionGroup("why", listOf(broken, illegal)).message shouldBe "why (2 exceptions)"
    }

    @Test
    fun groupCannotBeEmpty() {
        shouldThrow<IllegalArgumentException> { ExceptionGroup("why", emptyList()) }
    }

    @Test
    fun groupKeepsItsExceptionsAlthoughTheListChanges() {
        val list = mutableListOf<Throwable>(broken)
        val group = ExceptionGroup("why", list)
        list += illegal
        group.exceptions shouldContainExactly listOf(broken)
    }

    @Test
    fun ordinaryExceptionsMakeAnExceptionGroup() {
        BaseExceptionGroup.of("why", listOf(broken, nested)).shouldBeInstanceOf<ExceptionGroup>()
    }

    @Test
    fun cancellationAmongThemMakesABaseExceptionGroup() {
        val group = BaseExceptionGroup.of("why", listOf(broken, CancelledException()))
        (group is ExceptionGroup) shouldBe false
        (BaseExceptionGroup.of("outer", listOf(group)) is ExceptionGroup) shouldBe false
    }

    @Test
    fun exceptionGroupRefusesACancellation() {
        shouldThrow<IllegalArgumentException> { ExceptionGroup("why", listOf(CancelledException())) }
    }

    @Test
    fun splitKeepsTheNestingOnBothSides() {
        val (accepted, others) = nested.split { it is Broken }
        accepted!!.exceptions[0] shouldBeSameInstanceAs broken
        accepted.exceptions[1].shouldBeInstanceOf<ExceptionGroup>().exceptions shouldContainExactly listOf(deep)
        others!!.exceptions shouldContainExactly listOf(illegal)
    }

    @Test
    fun splitThatAcceptsEverythingReturnsTheGroupItself() {
        nested.split { true } shouldBe (nested to null)
    }

    @Test
    fun splitThatAcceptsNothingHasNoFirstGroup() {
        val (accepted, others) = nested.split { false }
        accepted shouldBe null
        others!!.exceptions.size shouldBe 3
    }

    @Test
    fun groupThatIsAcceptedIsTakenWhole() {
        val (accepted, _) = nested.split { it is ExceptionGroup && it.exceptions.size == 1 }
        accepted!!.exceptions.single() shouldBeSameInstanceAs nested.exceptions[2]
    }

    @Test
    fun subgroupIsTheFirstHalfOfTheSplit() {
        nested.subgroup { it === illegal }!!.exceptions shouldContainExactly listOf(illegal)
        nested.subgroup { false } shouldBe null
    }

    @Test
    fun subgroupWithoutTheCancellationIsAnExceptionGroup() {
        val group = BaseExceptionGroup.of("why", listOf(broken, CancelledException()))
        group.subgroup { it is Broken }.shouldBeInstanceOf<ExceptionGroup>()
    }

    @Test
    fun derivedGroupsKeepMessageCauseAndStackTrace() {
        nested.initCause(Broken("cause"))
        val derived = nested.subgroup { it === illegal }!!
        derived.message shouldBe "outer (1 exception)"
        derived.cause shouldBe nested.cause
        derived.stackTrace shouldBe nested.stackTrace
    }

    @Test
    fun subclassDecidesWhatIsDerived() {
        val group =
            object : ExceptionGroup("why", listOf(broken, illegal)) {
                override fun derive(exceptions: List<Throwable>) = BaseExceptionGroup("derived", exceptions)
            }
        group.subgroup { it === broken }!!.message shouldBe "derived (1 exception)"
    }

    @Test
    fun stackTraceShowsEveryException() {
        val trace = nested.stackTraceToString()
        listOf("illegal", "broken", "inner (1 exception)", "deep").forEach { trace shouldContain it }
    }
}
