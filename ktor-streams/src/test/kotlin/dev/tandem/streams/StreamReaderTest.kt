package dev.tandem.streams

import dev.tandem.CancelledException
import dev.tandem.createTask
import dev.tandem.streams.internal.ByteSource
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.shouldBe
import org.junit.jupiter.api.Test
import java.net.SocketException
import java.nio.ByteBuffer

class StreamReaderTest {
    @Test
    fun readReturnsWhatIsThereUpToTheNumberAskedFor() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("hello world"))
            reader.read(5).text() shouldBe "hello"
            reader.read(100).text() shouldBe " world"
        }

    @Test
    fun readReturnsNothingAtTheEnd() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("abc"))
            source.end()
            reader.read(10).text() shouldBe "abc"
            reader.atEof() shouldBe false
            reader.read(10).size shouldBe 0
            reader.atEof() shouldBe true
        }

    @Test
    fun readOfZeroBytesDoesNotWait() =
        streamTest {
            reader().first.read(0).size shouldBe 0
            reader().first.readExactly(0).size shouldBe 0
        }

    @Test
    fun readWithoutNumberReturnsEverythingToTheEndWhateverTheLimit() =
        streamTest {
            val (reader, source) = reader(limit = 2, pieces = arrayOf("one", "two", "three"))
            source.end()
            reader.read().text() shouldBe "onetwothree"
            reader.read().text() shouldBe ""
        }

    @Test
    fun aNegativeNumberIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { reader().first.read(-1) }
            shouldThrow<IllegalArgumentException> { reader().first.readExactly(-1) }
        }

    @Test
    fun readLineReturnsTheLineWithItsEnd() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("first\nsec", "ond\n"))
            reader.readLine().text() shouldBe "first\n"
            reader.readLine().text() shouldBe "second\n"
        }

    @Test
    fun readLineReturnsWhatIsLeftAtTheEnd() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("no newline"))
            source.end()
            reader.readLine().text() shouldBe "no newline"
            reader.readLine().size shouldBe 0
            reader.atEof() shouldBe true
        }

    @Test
    fun aLineThatArrivedTooLongIsDropped() =
        streamTest {
            val (reader) = reader(limit = 3, pieces = arrayOf("li", "ne1\nli", "ne2\n"))
            shouldThrow<LimitOverrunException> { reader.readLine() }
            // Of the first line, all that had arrived by then is gone: its end came with the same piece.
            shouldThrow<LimitOverrunException> { reader.readLine() }
        }

    @Test
    fun aLineOverTheLimitIsDroppedAndTheNextOneRead() =
        streamTest {
            val (reader) = reader(limit = 5, pieces = arrayOf("much too long\nok\n"))
            val overrun = shouldThrow<LimitOverrunException> { reader.readLine() }
            overrun.message shouldBe "A line or piece from fed.example:1 ends after 13 bytes; the limit is 5"
            reader.readLine().text() shouldBe "ok\n"
        }

    @Test
    fun anOverlongLineWithoutEndTakesTheWholeBufferWithIt() =
        streamTest {
            val (reader, source) = reader(limit = 3, pieces = arrayOf("a line without end"))
            shouldThrow<LimitOverrunException> { reader.readLine() }
            source.feed("tail\n").end()
            shouldThrow<LimitOverrunException> { reader.readLine() }
            reader.readLine().size shouldBe 0
        }

    @Test
    fun theLimitDoesNotCountTheSeparator() =
        streamTest {
            val (reader) = reader(limit = 3, pieces = arrayOf("abc\n"))
            reader.readLine().text() shouldBe "abc\n"
        }

    @Test
    fun readUntilFindsASeparatorThatArrivesInPieces() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("some dataAA", "AAB more", "AAB"))
            reader.readUntil("AAB".toByteArray()).text() shouldBe "some dataAAAAB"
            reader.readUntil("AAB".toByteArray()).text() shouldBe " moreAAB"
        }

    @Test
    fun readUntilOverTheLimitKeepsTheBytesBeforeTheSeparatorArrives() =
        streamTest {
            val (reader, source) = reader(limit = 3, pieces = arrayOf("some dataAA"))
            val overrun = shouldThrow<LimitOverrunException> { reader.readUntil("AAA".toByteArray()) }
            overrun.consumed shouldBe 9
            source.feed("A")
            shouldThrow<LimitOverrunException> { reader.readUntil("AAA".toByteArray()) }.consumed shouldBe 9
            reader.readExactly(overrun.consumed).text() shouldBe "some data"
            reader.readUntil("AAA".toByteArray()).text() shouldBe "AAA"
        }

    @Test
    fun readUntilAtTheEndTellsWhatThereWas() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("some data"))
            source.end()
            val incomplete = shouldThrow<IncompleteReadException> { reader.readUntil("AAA".toByteArray()) }
            incomplete.partial.text() shouldBe "some data"
            incomplete.expected shouldBe null
            reader.atEof() shouldBe true
        }

    @Test
    fun anEmptySeparatorIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { reader().first.readUntil(ByteArray(0)) }
        }

    @Test
    fun ofSeveralSeparatorsTheOneThatEndsFirstCounts() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("one\ntwo\r\nthree\r\n\nABCD"))
            val separators = arrayOf("\r\n\n".toByteArray(), "\n".toByteArray(), "\r\n".toByteArray())
            reader.readUntil(*separators).text() shouldBe "one\n"
            reader.readUntil(*separators).text() shouldBe "two\r\n"
            reader.readUntil("\r\n\n".toByteArray(), "ee\r".toByteArray()).text() shouldBe "three\r"
            reader.readUntil("\n\nAB".toByteArray(), "\nAB".toByteArray()).text() shouldBe "\n\nAB"
            reader.readUntil("CD".toByteArray(), "D".toByteArray()).text() shouldBe "CD"
        }

    @Test
    fun aLongSeparatorIsFoundAlthoughItsPiecesComeOneByOne() =
        streamTest {
            val (reader) = reader(pieces = "data<end>;".map { it.toString() }.toTypedArray())
            reader.readUntil("<end>".toByteArray(), "!".toByteArray()).text() shouldBe "data<end>"
        }

    @Test
    fun severalSeparatorsAndTheLimitCountWithTheShortestThatMatched() =
        streamTest {
            val (reader, source) = reader(limit = 3, pieces = arrayOf("dataABC"))
            // BC and C end at the same place: it is C that was found, five bytes and one from the beginning.
            val found = shouldThrow<LimitOverrunException> { reader.readUntil("BC".toByteArray(), "C".toByteArray()) }
            found.consumed shouldBe 6
            reader.readExactly(7).text() shouldBe "dataABC"
            source.feed("abcdefgh")
            val missing =
                shouldThrow<LimitOverrunException> { reader.readUntil("12".toByteArray(), "123".toByteArray()) }
            missing.consumed shouldBe 6
        }

    @Test
    fun severalSeparatorsAtTheEndTellWhatThereWas() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("some data"))
            source.end()
            val incomplete =
                shouldThrow<IncompleteReadException> { reader.readUntil("A".toByteArray(), "B".toByteArray()) }
            incomplete.partial.text() shouldBe "some data"
        }

    @Test
    fun noSeparatorOrAnEmptyOneIsRefused() =
        streamTest {
            shouldThrow<IllegalArgumentException> { reader().first.readUntil() }
            shouldThrow<IllegalArgumentException> { reader().first.readUntil("a".toByteArray(), ByteArray(0)) }
        }

    @Test
    fun linesComeUntilTheEnd() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("one\ntw", "o\nrest"))
            source.end()
            val lines = ArrayList<String>()
            for (line in reader.lines()) lines += line.text()
            lines shouldBe listOf("one\n", "two\n", "rest")
        }

    @Test
    fun askingForALineTwiceReadsItOnce() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("one\ntwo\n"))
            val lines = reader.lines()
            shouldThrow<NoSuchElementException> { lines.next() }
            lines.hasNext() shouldBe true
            lines.hasNext() shouldBe true
            lines.next().text() shouldBe "one\n"
            reader.readLine().text() shouldBe "two\n"
        }

    @Test
    fun aLineThatIsTooLongEndsTheIterationWithTheError() =
        streamTest {
            val (reader) = reader(limit = 3, pieces = arrayOf("one\ntoo long\n"))
            val lines = ArrayList<String>()
            shouldThrow<LimitOverrunException> { for (line in reader.lines()) lines += line.text() }
            lines shouldBe listOf("one\n")
        }

    @Test
    fun readExactlyWaitsForAllOfThem() =
        streamTest {
            val (reader, source) = reader(limit = 2, pieces = arrayOf("12", "34"))
            val task = createTask { reader.readExactly(6).text() }
            passes(2)
            task.done() shouldBe false
            source.feed("5678")
            task.await() shouldBe "123456"
            reader.read(9).text() shouldBe "78"
        }

    @Test
    fun readExactlyAtTheEndTellsWhatThereWasAndClearsTheBuffer() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("abc"))
            source.end()
            val incomplete = shouldThrow<IncompleteReadException> { reader.readExactly(10) }
            incomplete.message shouldBe "fed.example:1 ended the stream after 3 of 10 bytes"
            incomplete.partial.text() shouldBe "abc"
            incomplete.expected shouldBe 10
            reader.read(10).size shouldBe 0
        }

    @Test
    fun readExactlyTakesMoreThanOneBufferful() =
        streamTest {
            val piece = "x".repeat(60_000)
            val (reader, source) = reader(pieces = arrayOf(piece, piece, piece, piece, "tail"))
            source.end()
            reader.readExactly(240_001).size shouldBe 240_001
            reader.read().text() shouldBe "ail"
        }

    @Test
    fun aCancelledReadConsumesNothing() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("1234"))
            val task = createTask { reader.readExactly(8) }
            passes(2)
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            source.feed("5678")
            reader.readExactly(8).text() shouldBe "12345678"
        }

    @Test
    fun aReadCancelledInThePassOfTheArrivalLosesNothing() =
        streamTest {
            val (reader, source) = reader()
            val task = createTask { reader.readLine() }
            passes(2)
            source.feed("a line\n")
            task.cancel()
            shouldThrow<CancelledException> { task.await() }
            reader.readLine().text() shouldBe "a line\n"
        }

    @Test
    fun aSecondTaskMayNotReadMeanwhile() =
        streamTest {
            val (reader, source) = reader()
            val first = createTask { reader.readLine() }
            passes(2)
            shouldThrow<IllegalStateException> { reader.read(1) }
            source.feed("line\n")
            first.await().text() shouldBe "line\n"
        }

    @Test
    fun aFailureComesAfterTheBytesBeforeItAndStays() =
        streamTest {
            val (reader, source) = reader(pieces = arrayOf("data"))
            source.fail(SocketException("reset"))
            reader.read(10).text() shouldBe "data"
            shouldThrow<SocketException> { reader.read(10) }
            shouldThrow<SocketException> { reader.readLine() }
        }

    @Test
    fun aPeerThatSendsWithoutPauseLeavesTurnsToOtherTasks() =
        streamTest {
            val reader = StreamReader(EndlessSource(), 64 * 1024)
            val reading = createTask { repeat(1_000) { reader.readExactly(64 * 1024) } }
            passes(1)
            reading.done() shouldBe false
            reading.await()
        }

    @Test
    fun tellsItsPeerAndState() =
        streamTest {
            val (reader) = reader(pieces = arrayOf("line\nrest"))
            reader.readLine()
            reader.toString() shouldBe "StreamReader(fed.example:1, 4 bytes buffered)"
        }
}
