package dev.tandem.conformance

import dev.tandem.Awaitable
import dev.tandem.EventLoop
import dev.tandem.ExceptionContext
import dev.tandem.ExceptionHandler
import dev.tandem.Future
import dev.tandem.Task
import dev.tandem.TaskGroup
import dev.tandem.Timeout
import dev.tandem.VirtualClock
import dev.tandem.coroutine
import dev.tandem.gather
import dev.tandem.newEventLoop
import dev.tandem.waitFor
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/** Runs this scenario on a loop of its own, in virtual time. */
internal fun Scenario.run(): Run = Interpreter(this).runToEnd()

/** The operations that the interpreter knows. */
internal val KNOWN_OPERATIONS: Set<String> by lazy {
    Interpreter(Scenario("none", emptyMap(), emptyList())).use { it.operations }
}

/** What a statement does in the program that reaches it. */
internal typealias Meaning = suspend (statement: Statement, frame: Frame) -> Unit

/** What one run of a program keeps for itself: its open timeouts and groups, and the exceptions it is handling. */
internal class Frame {
    val timeouts = ArrayDeque<Timeout>()
    val groups = ArrayDeque<TaskGroup>()
    val caught = ArrayDeque<Throwable>()
}

/**
 * Runs the programs of one scenario, as `shared/conformance/README.md` specifies it. The statements are defined in
 * the files beside this one, by the part of the library that they use.
 */
internal class Interpreter(
    private val scenario: Scenario,
) : AutoCloseable {
    val loop: EventLoop = newEventLoop(VirtualClock())
    val trace = Trace(loop)

    private val variables = HashMap<String, Any>()
    private val meanings = HashMap<String, Meaning>()

    /** The tasks that the programs spawned, in order. */
    private val spawned = ArrayList<Task<*>>()

    val operations: Set<String> get() = meanings.keys + RETURN

    init {
        defineControlStatements()
        defineTaskStatements()
        defineWaitingStatements()
        defineScopeStatements()
        defineSynchronisationStatements()
        defineQueueStatements()
        loop.exceptionHandler = ExceptionHandler { _, report -> recordUnhandled(report) }
    }

    // ---- the run --------------------------------------------------------------------------------------------------

    fun runToEnd(): Run =
        use {
            val failure = runMain() ?: endLeftTasks()
            Run(trace.events, if (trace.ranAway) "it ran away" else failure)
        }

    override fun close() = loop.close()

    /** Returns what kept the main program from its end, or null. */
    private fun runMain(): String? {
        val main = loop.createTask(name = MAIN) { runProgram(MAIN) }
        val end =
            try {
                result(loop.runUntilComplete(main))
            } catch (e: Throwable) {
                if (!main.done()) return "the loop ended before its main program: $e"
                encode(e)
            }
        trace.record(Trace.CALLBACK, "end", end)
        return null
    }

    private fun endLeftTasks(): String? {
        val left = spawned.filterNot { it.done() }
        left.forEach { it.cancel() }
        if (left.isNotEmpty()) {
            try {
                val all = gather(left, returnExceptions = true)
                loop.runUntilComplete(coroutine { waitFor(all, 100.seconds) })
            } catch (e: Throwable) {
                return "the tasks that were left did not end: $e"
            }
        }
        left.forEach { trace.record(Trace.CALLBACK, "left", it.name, stateOf(it)) }
        return null
    }

    private fun recordUnhandled(report: ExceptionContext) {
        val exception = report.exception ?: return
        if (isOrdinary(exception) && DEPENDS_ON_GARBAGE_COLLECTOR.none { it in report.message }) {
            trace.record(Trace.CALLBACK, "unhandled", encode(exception))
        }
    }

    // ---- programs -------------------------------------------------------------------------------------------------

    /** Runs a program in the current task and returns its result. */
    suspend fun runProgram(name: String): Any? {
        val frame = Frame()
        for (statement in scenario.programs.getValue(name)) {
            if (statement.operation == RETURN) return statement.value(0)
            execute(statement, frame)
        }
        return null
    }

    suspend fun runBlock(
        block: List<Statement>,
        frame: Frame,
    ) {
        for (statement in block) execute(statement, frame)
    }

    private suspend fun execute(
        statement: Statement,
        frame: Frame,
    ) {
        try {
            meanings.getValue(statement.operation)(statement, frame)
        } catch (e: Undefined) {
            trace.log("undef", e.name)
        }
    }

    // ---- for the definitions of the statements --------------------------------------------------------------------

    fun define(
        operation: String,
        meaning: Meaning,
    ) {
        meanings[operation] = meaning
    }

    operator fun set(
        name: String,
        value: Any,
    ) {
        variables[name] = value
    }

    /** Returns what the variable [name] holds. Where it is not defined, the statement ends with the event `undef`. */
    @Suppress("UNCHECKED_CAST")
    operator fun <T> get(name: String): T = (variables[name] ?: throw Undefined(name)) as T

    fun future(name: String): Future<Any?> = get(name)

    fun task(name: String): Task<Any?> = get(name)

    fun awaitable(item: Item): Awaitable<Any?> =
        when (item) {
            is Item.Variable -> future(item.name)
            is Item.Program -> coroutine(item.name) { runProgram(item.name) }
        }

    fun addSpawned(
        name: String,
        task: Task<*>,
    ) {
        this[name] = task
        spawned.add(task)
    }

    private companion object {
        /** Reports that come when an object is found to be unreachable; the corpus leaves them out. */
        val DEPENDS_ON_GARBAGE_COLLECTOR = listOf("never retrieved", "never awaited", "was destroyed")

        const val MAIN = "main"

        /** Stands at a program's top level only, where [runProgram] sees it. */
        const val RETURN = "return"
    }
}

/** The time among a statement's arguments, or null for none. */
internal fun Statement.seconds(index: Int): Duration? = duration(index)?.toKotlinDuration()
