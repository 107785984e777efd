package dev.tandem.conformance

import com.fasterxml.jackson.databind.ObjectMapper
import java.io.BufferedInputStream
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.zip.GZIPInputStream

/** A small concurrent program, and the trace that CPython's own asyncio produced when it ran it. */
internal class Scenario(
    val id: String,
    val programs: Map<String, List<Statement>>,
    val trace: List<Event>,
) {
    /** What the scenario is about; the ids start with it. */
    val profile: String get() = id.substringBefore('-')

    /** Every operation that occurs in the programs, however deep. */
    fun operations(): Set<String> = programs.values.flatMapTo(LinkedHashSet(), ::operationsIn)

    private fun operationsIn(block: List<Statement>): List<String> =
        block.flatMap { statement -> statement.blocks().flatMap(::operationsIn) + statement.operation }
}

/** One thing that happened: `[time, who, operation, ...]`, of numbers, text, booleans, nulls, lists and maps. */
internal typealias Event = List<Any?>

/** One step of a program, `[operation, argument...]`. Arguments are counted from zero. */
internal class Statement(
    private val parts: List<Any?>,
) {
    val operation: String = parts[0] as String

    val arguments: List<Any?> get() = parts.drop(1)

    fun value(index: Int): Any? = parts[index + 1]

    fun text(index: Int): String = value(index) as String

    fun textOrNull(index: Int): String? = value(index) as String?

    fun number(index: Int): Int = (value(index) as Number).toInt()

    fun flag(index: Int): Boolean = value(index) as Boolean

    fun texts(index: Int): List<String> = list(index).map { it as String }

    /** A time, or null for none. Seconds are binary fractions, which nanoseconds hold exactly. */
    fun duration(index: Int): Duration? =
        (value(index) as Number?)?.let { Duration.ofNanos((it.toDouble() * NANOS_PER_SECOND).toLong()) }

    fun block(index: Int): List<Statement> = blockOf(value(index))

    /** The handlers of a `try`. */
    fun handlers(index: Int): List<Handler> =
        list(index).map { handler ->
            val (name, block) = handler as List<*>
            Handler(name as String, blockOf(block))
        }

    fun item(index: Int): Item = Item.of(value(index))

    fun items(index: Int): List<Item> = list(index).map(Item::of)

    /** The blocks that this statement contains. */
    fun blocks(): List<List<Statement>> =
        when (operation) {
            "try" -> listOf(block(0)) + handlers(1).map(Handler::block) + listOf(block(2))
            "repeat", "timeout", "with" -> listOf(block(1))
            "taskgroup" -> listOf(block(0))
            else -> emptyList()
        }

    override fun toString(): String = Json.write(parts)

    private fun list(index: Int) = value(index) as List<*>

    private companion object {
        const val NANOS_PER_SECOND = 1e9

        @Suppress("UNCHECKED_CAST")
        fun blockOf(value: Any?) = (value as List<List<Any?>>).map(::Statement)
    }
}

/** What a `try` does with exceptions of one type. */
internal data class Handler(
    val name: String,
    val block: List<Statement>,
)

/** Something to be awaited: what a variable holds, or a program that has not started. */
internal sealed interface Item {
    data class Variable(
        val name: String,
    ) : Item

    data class Program(
        val name: String,
    ) : Item

    companion object {
        fun of(value: Any?): Item {
            val map = value as Map<*, *>
            return if ("t" in map) Variable(map["t"] as String) else Program(map["p"] as String)
        }
    }
}

/** A statement names something that is not there; it does nothing but log that. */
internal class Undefined(
    val name: String,
) : RuntimeException(name, null, false, false)

/** Where the scenarios come from. */
internal object Corpus {
    /** Reads [path], or else the corpus beside these sources; JSON lines, plain or compressed with gzip. */
    @JvmStatic
    fun read(path: String?): List<Scenario> {
        val source = if (path == null) resource() else Files.newInputStream(Path.of(path))
        return unpacked(BufferedInputStream(source)).bufferedReader().useLines { lines ->
            lines.filter(String::isNotBlank).map(::scenario).toList()
        }
    }

    private fun resource(): InputStream =
        checkNotNull(Corpus::class.java.getResourceAsStream(RESOURCE)) { "The test resource $RESOURCE is missing." }

    private fun unpacked(source: BufferedInputStream): InputStream {
        source.mark(GZIP_MAGIC.size)
        val start = source.readNBytes(GZIP_MAGIC.size)
        source.reset()
        return if (start.contentEquals(GZIP_MAGIC)) GZIPInputStream(source) else source
    }

    @Suppress("UNCHECKED_CAST")
    private fun scenario(line: String): Scenario {
        val record = Json.read(line)
        val programs = record["programs"] as Map<String, List<List<Any?>>>
        return Scenario(
            record["id"] as String,
            programs.mapValues { (_, statements) -> statements.map(::Statement) },
            record["trace"] as List<Event>,
        )
    }

    private const val RESOURCE = "/conformance/corpus.jsonl.gz"
    private val GZIP_MAGIC = byteArrayOf(0x1f, 0x8b.toByte())
}

internal object Json {
    private val mapper = ObjectMapper()

    fun read(text: String): Map<*, *> = mapper.readValue(text, Map::class.java)

    fun write(value: Any?): String = mapper.writeValueAsString(value)
}
