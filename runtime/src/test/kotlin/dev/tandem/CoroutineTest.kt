package dev.tandem

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import org.junit.jupiter.api.Test

class CoroutineTest {
    private val events = mutableListOf<String>()

    @Test
    fun bodyDoesNotRunBeforeItIsAwaited() {
        inVirtualTime {
            val coroutine = coroutine { events += "body" }
            passes(2)
            events += "await"
            coroutine.await()
        }
        events shouldBe listOf("await", "body")
    }

    @Test
    fun bodyRunsInlineInTheAwaitingTask() {
        inVirtualTime {
            runningLoop().callSoon { events += "other" }
            val task = coroutine { currentTask() }.await()
            events += "same task ${task === currentTask()}"
            passes(1)
        }
        events shouldBe listOf("same task true", "other")
    }

    @Test
    fun variablesSetInTheBodyStayInTheAwaitingTask() =
        inVirtualTime {
            val color = ContextVar("color", default = "none")
            coroutine { color.set("red") }.await()
            color.get() shouldBe "red"
        }

    @Test
    fun secondAwaitIsAnError() =
        inVirtualTime {
            val coroutine = coroutine("fetch") { 1 }
            coroutine.await() shouldBe 1
            val error = shouldThrow<IllegalStateException> { coroutine.await() }
            error.message shouldContain "Coroutine(fetch, used) was already used"
        }

    @Test
    fun secondUseIsAnErrorWhicheverWayItWasUsed() =
        inVirtualTime {
            val coroutine = coroutine { 1 }
            val task = createTask(coroutine)
            listOf(
                outcomeOf { createTask(coroutine) },
                outcomeOf { gather(coroutine) },
                outcomeOf { shield(coroutine) },
                outcomeOf { coroutine.await() },
            ).map { it.substringBefore(":") }.distinct() shouldBe listOf("IllegalStateException")
            task.await() shouldBe 1
            allTasks().size shouldBe 1
        }

    @Test
    fun closedCoroutineCannotBeUsed() =
        inVirtualTime {
            val coroutine = coroutine { events += "body" }
            coroutine.close()
            shouldThrow<IllegalStateException> { coroutine.await() }
            events shouldBe emptyList()
        }

    @Test
    fun nameOfACoroutineBecomesTheNameOfItsTask() =
        inVirtualTime {
            val task = createTask(coroutine("fetch") { currentTask()?.name }, name = "fetch")
            task.await() shouldBe "fetch"
        }

    @Test
    fun exceptionOfTheBodyIsThrownItself() =
        inVirtualTime {
            outcomeOf { coroutine { throw Broken("why") }.await() } shouldBe "Broken: why"
        }
}
