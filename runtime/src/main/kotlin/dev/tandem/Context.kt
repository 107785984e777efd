package dev.tandem

import dev.tandem.internal.CurrentContext
import java.util.concurrent.Callable

/**
 * Returns a copy of the current context; a change to either is not seen in the other.
 *
 * **Python.** `contextvars.copy_context()`.
 */
public fun copyContext(): Context = CurrentContext.get().copy()

/**
 * The values of all [ContextVar]s for one flow of control. A task runs in a copy of its creator's context, or in the
 * one it is given.
 *
 * Copying is cheap: the values are an immutable map that is replaced at each change.
 *
 * **Threading.** One thread at a time. **Python.** `contextvars.Context`.
 */
public class Context internal constructor(
    internal var values: Map<ContextVar<*>, Any?>,
) {
    /** An empty context: each variable reads its default. */
    public constructor() : this(emptyMap())

    private var entered = false

    /** Returns the value of [variable] in this context, or null where none is set. */
    @Suppress("UNCHECKED_CAST")
    public operator fun <T> get(variable: ContextVar<T>): T? = values[variable] as T?

    /** Returns whether [variable] has a value of its own here. */
    public operator fun contains(variable: ContextVar<*>): Boolean = variable in values

    /** Returns a copy of this context. */
    public fun copy(): Context = Context(values)

    /**
     * Calls [block] with this context as the current one and returns its result; what [block] sets stays here.
     *
     * @throws IllegalStateException if this context is entered already.
     */
    @JvmSynthetic
    public fun <T> run(block: () -> T): T {
        check(!entered && CurrentContext.get() !== this) {
            "This context is already the current one further up the call stack. Run the block in context.copy()."
        }
        entered = true
        val previous = CurrentContext.replace(this)
        try {
            return block()
        } finally {
            CurrentContext.replace(previous)
            entered = false
        }
    }

    /** [run] for Java, with a result: `int size = context.run(() -> cache.get().size())`. [block] cannot await. */
    public fun <T> run(block: Callable<T>): T = run { block.call() }

    /** [run] for Java, without a result. [block] cannot await. */
    public fun run(block: Runnable): Unit = run { block.run() }

    override fun toString(): String = "Context(${values.entries.joinToString { "${it.key.name}=${it.value}" }})"
}
