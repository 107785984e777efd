package dev.tandem

import dev.tandem.internal.CurrentContext

/**
 * A variable whose value belongs to a [Context]: each task sees the values that its creator had when it created the
 * task, and what a task sets stays in the task.
 *
 * **Threading.** Any thread; a thread without a running loop has a context of its own.
 * **Python.** `contextvars.ContextVar`.
 *
 * ```
 * val requestId = ContextVar("requestId", default = "none")
 * requestId.set("42")
 * createTask { println(requestId.get()) }   // 42
 * ```
 */
public class ContextVar<T> private constructor(
    /** The name, for messages. */
    public val name: String,
    private val hasDefault: Boolean,
    private val default: T?,
) {
    /** A variable without a default: [get] fails until a value is set. */
    public constructor(name: String) : this(name, false, null)

    /** A variable that reads [default] where no value is set. */
    public constructor(name: String, default: T) : this(name, true, default)

    /**
     * Returns the value in the current context, or else the default.
     *
     * @throws NoSuchElementException if there is neither.
     */
    @Suppress("UNCHECKED_CAST")
    public fun get(): T {
        val values = CurrentContext.get().values
        if (values.containsKey(this)) return values[this] as T
        if (hasDefault) return default as T
        throw NoSuchElementException(
            "$this has no value in the current context and no default. Set one with set(value), or declare it as " +
                "ContextVar(\"$name\", default).",
        )
    }

    /**
     * Sets the value in the current context and returns a token with which [reset] restores what was there.
     *
     * Closing the token does so, too, and limits the value to a block: `requestId.set("42").use { ... }` in Kotlin,
     * `try (var token = requestId.set("42")) { ... }` in Java.
     */
    public fun set(value: T): Token<T> {
        val context = CurrentContext.get()
        val token = Token(this, context, context.values.containsKey(this), context.values[this])
        context.values = context.values + (this to value)
        return token
    }

    /**
     * Restores what [set] replaced when it returned [token].
     *
     * @throws IllegalArgumentException if [token] comes from another variable or another context.
     * @throws IllegalStateException if [token] was used before.
     */
    public fun reset(token: Token<T>) {
        require(token.variable === this) { "$token was made by another variable than $this." }
        val context = CurrentContext.get()
        require(token.context === context) { "$token was made in another context: reset it where it was set." }
        check(!token.used) { "$token was used before: a token restores a value once." }
        token.used = true
        context.values = if (token.hadValue) context.values + (this to token.previous) else context.values - this
    }

    override fun toString(): String = "ContextVar($name)"

    /** What [ContextVar.set] replaced. **Python.** `contextvars.Token`; `with` takes one since 3.14. */
    public class Token<T> internal constructor(
        /** The variable that was set. */
        public val variable: ContextVar<T>,
        internal val context: Context,
        internal val hadValue: Boolean,
        internal val previous: Any?,
    ) : AutoCloseable {
        internal var used: Boolean = false

        /**
         * Restores what was there: [ContextVar.reset].
         *
         * @throws IllegalArgumentException in another context than the one where the value was set.
         * @throws IllegalStateException if this token was used before.
         */
        override fun close(): Unit = variable.reset(this)

        override fun toString(): String = "Token(${variable.name})"
    }
}
