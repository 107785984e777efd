package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.Task
import dev.tandem.createTask
import io.kotest.matchers.collections.shouldBeEmpty
import org.junit.jupiter.api.Test
import java.nio.file.Files
import java.nio.file.Path

/**
 * Random programs, step by step against what Python's `StreamReader` made of them. They are those of
 * `stream_reader_programs.py 1500 1`; `-Dstreams.programs=FILE` has others run.
 */
class StreamReaderProgramsTest {
    @Test
    fun everyReadEndsWhenAndAsPythonsDoes() =
        streamTest {
            programs().filter { run(it) != it }.map { "Python: $it\n  here: ${run(it)}" }.shouldBeEmpty()
        }

    private fun programs(): List<String> {
        val file = System.getProperty("streams.programs")
        if (file != null) return Files.readAllLines(Path.of(file))
        return javaClass.getResourceAsStream("stream-reader-programs.txt")!!.bufferedReader().readLines()
    }

    /** Runs the steps of [program] and returns it with what came of them here. */
    private suspend fun run(program: String): String {
        val steps = program.split('\t')
        val (reader, source) = reader(limit = steps.first().toInt())
        var waiting: Task<String>? = null
        val seen =
            steps.drop(1).map { withOutcome ->
                val step = withOutcome.substringBefore(" = ").substringBefore(" ! ")
                val task = waiting ?: createTask { read(reader, step) }
                if (waiting != null) take(step, task, source)
                passes(3)
                waiting = task.takeIf { !it.done() }
                if (task.done()) step + outcome(task) else step
            }
        waiting?.cancel()
        passes(3)
        return (steps.take(1) + seen).joinToString("\t")
    }

    private fun take(
        step: String,
        waiting: Task<String>,
        source: FedSource,
    ) {
        when (step) {
            "cancel" -> waiting.cancel()
            "eof" -> source.end()
            else -> source.feed(step.substringAfter(' ').replace('/', '\n'))
        }
    }

    private suspend fun read(
        reader: StreamReader,
        step: String,
    ): String {
        val argument = step.substringAfter(' ')
        val bytes =
            when (step.substringBefore(' ')) {
                "line" -> reader.lineOrOverrun() ?: return " ! overrun"
                "all" -> reader.read()
                "read" -> reader.read(argument.toInt())
                "exactly" -> reader.readExactly(argument.toInt())
                else -> reader.readUntil(argument)
            }
        return " = " + shown(bytes)
    }

    /** Python's `readline` tells of an overrun without its place. */
    private suspend fun StreamReader.lineOrOverrun(): ByteArray? =
        try {
            readLine()
        } catch (_: LimitOverrunException) {
            null
        }

    private suspend fun StreamReader.readUntil(argument: String): ByteArray {
        val separators = argument.split('|').map { it.replace('/', '\n').toByteArray() }
        return if (separators.size == 1) readUntil(separators[0]) else readUntil(*separators.toTypedArray())
    }

    private fun outcome(task: Task<String>): String =
        try {
            task.result()
        } catch (_: CancelledException) {
            " ! cancelled"
        } catch (e: IncompleteReadException) {
            " ! incomplete " + shown(e.partial)
        } catch (e: LimitOverrunException) {
            " ! overrun ${e.consumed}"
        }

    private fun shown(bytes: ByteArray) = bytes.text().replace('\n', '/')
}
