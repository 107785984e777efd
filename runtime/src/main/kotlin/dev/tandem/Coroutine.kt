package dev.tandem

import dev.tandem.internal.ForgottenRecord
import dev.tandem.internal.SingleThreadLoop
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater

/**
 * Returns a coroutine that runs [body] once it is awaited or made a task; nothing runs before.
 *
 * **Python.** Calling an `async def` function. [name] appears in `toString` and in errors.
 *
 * ```
 * val greeting = coroutine { sleep(1.seconds); "hello" }
 * println(greeting.await())
 * ```
 */
public fun <T> coroutine(
    name: String? = null,
    body: suspend () -> T,
): Coroutine<T> = Coroutine(name, body)

/**
 * A body that has not started yet, to be used once: awaited, or handed to [createTask], [gather], [waitFor] and the
 * like, which start it.
 *
 * Awaiting it runs the body **inline in the awaiting task**: no new task, no extra turn of the loop. A second use is
 * an error. Made by [coroutine] in Kotlin and by `async` in Java.
 *
 * **Threading.** Any thread may create one; it starts on the thread of the loop that awaits it.
 */
public class Coroutine<out T> internal constructor(
    /** The name given at creation, or null. */
    public val name: String?,
    body: suspend () -> T,
) : Awaitable<T> {
    /** The body until it is taken; whoever takes it, by [BODY], runs it. */
    @Volatile
    private var body: Any? = null

    /** Debug mode: reports a coroutine that nobody uses. */
    private val record =
        if (SingleThreadLoop.debugHere()) {
            ForgottenRecord.watch(this, "Coroutine ${name ?: "(unnamed)"} was never awaited, so its body never ran.")
        } else {
            null
        }

    init {
        // Whatever hands this object to another thread orders the write; a volatile one would cost more than all the rest.
        BODY.lazySet(this, body)
    }

    override suspend fun await(): T = take().invoke()

    /**
     * Gives the body up without running it, so that it does not count as forgotten. Does nothing when it was used.
     *
     * **Python.** `coroutine.close()`.
     */
    public fun close() {
        body = null
        record?.settled = true
    }

    /** Takes the body out, for the one who runs it. */
    @Suppress("UNCHECKED_CAST")
    internal fun take(): suspend () -> T {
        record?.settled = true
        val taken =
            BODY.getAndSet(this, null)
                ?: throw IllegalStateException(
                    "$this was already used. A coroutine runs once: await one made anew, or await a task, " +
                        "createTask(...), which keeps its result.",
                )
        return taken as suspend () -> T
    }

    override fun toString(): String = "Coroutine(${name ?: "unnamed"}${if (body == null) ", used" else ""})"

    private companion object {
        val BODY: AtomicReferenceFieldUpdater<Coroutine<*>, Any> =
            AtomicReferenceFieldUpdater.newUpdater(Coroutine::class.java, Any::class.java, "body")
    }
}
