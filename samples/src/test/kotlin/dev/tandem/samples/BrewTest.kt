package dev.tandem.samples

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource

class BrewTest {
    private val bothReady = SampleRun("coffee ready after 1 s\ntea ready after 2 s\n", exitStatus = 0)

    @ParameterizedTest
    @ValueSource(strings = ["BrewKt", "Brew"])
    fun drinksAreReadyInTheOrderOfTheirTimes(sample: String) {
        runSample(sample) shouldBe bothReady
    }

    @Test
    fun pythonPrintsTheSame() {
        assumeTrue(canRun("python3", "--version"), "python3 is not installed")
        run("python3", "src/main/python/brew.py") shouldBe bothReady
    }
}
