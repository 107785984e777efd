package dev.tandem.samples

import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException

class BrewTest {
    private val bothReady = SampleRun("coffee ready after 1 s\ntea ready after 2 s\n", exitStatus = 0)

    @ParameterizedTest
    @ValueSource(strings = ["BrewKt", "Brew"])
    fun drinksAreReadyInTheOrderOfTheirTimes(sample: String) {
        runSample(sample) shouldBe bothReady
    }

    @Test
    fun pythonPrintsTheSame() {
        assumeTrue(isInstalled("python3"), "python3 is not installed")
        run("python3", "src/main/python/brew.py") shouldBe bothReady
    }

    private fun isInstalled(command: String): Boolean =
        try {
            run(command, "--version").exitStatus == 0
        } catch (_: IOException) {
            false
        }
}
