package dev.tandem

/**
 * Several exceptions thrown as one, possibly with groups among them. A stack trace shows all of them, as suppressed
 * exceptions.
 *
 * A group in which every exception is an ordinary one is an [ExceptionGroup]; [of] chooses. Not ordinary are
 * cancellations and errors of the JVM itself.
 *
 * **Python.** `BaseExceptionGroup`.
 */
public open class BaseExceptionGroup(
    message: String,
    exceptions: List<Throwable>,
) : RuntimeException(message) {
    /** The exceptions, in the order in which they came. */
    public val exceptions: List<Throwable> = exceptions.toList()

    private val text = message

    init {
        require(exceptions.isNotEmpty()) { "A group of exceptions cannot be empty." }
        exceptions.forEach(::addSuppressed)
    }

    override val message: String
        get() = "$text (${exceptions.size} ${if (exceptions.size == 1) "exception" else "exceptions"})"

    /**
     * Returns the group of those exceptions that [condition] accepts, nested as they are here, or null if it accepts
     * none. A group that [condition] accepts is taken whole.
     */
    public fun subgroup(condition: (Throwable) -> Boolean): BaseExceptionGroup? = split(condition).first

    /** Returns [subgroup] and the group of all other exceptions. */
    public fun split(condition: (Throwable) -> Boolean): Pair<BaseExceptionGroup?, BaseExceptionGroup?> {
        if (condition(this)) return this to null
        val accepted = ArrayList<Throwable>()
        val others = ArrayList<Throwable>()
        for (exception in exceptions) {
            if (exception is BaseExceptionGroup) {
                val (inner, rest) = exception.split(condition)
                inner?.let(accepted::add)
                rest?.let(others::add)
            } else {
                (if (condition(exception)) accepted else others).add(exception)
            }
        }
        return deriveUnlessEmpty(accepted) to deriveUnlessEmpty(others)
    }

    /** Returns a group of the same kind and message with other exceptions; for subclasses to override. */
    public open fun derive(exceptions: List<Throwable>): BaseExceptionGroup = of(text, exceptions)

    private fun deriveUnlessEmpty(exceptions: List<Throwable>): BaseExceptionGroup? {
        if (exceptions.isEmpty()) return null
        val group = derive(exceptions)
        group.stackTrace = stackTrace
        if (cause != null && group.cause == null) group.initCause(cause)
        return group
    }

    public companion object {
        /** Returns an [ExceptionGroup] if all [exceptions] are ordinary ones, or else a [BaseExceptionGroup]. */
        @JvmStatic
        public fun of(
            message: String,
            exceptions: List<Throwable>,
        ): BaseExceptionGroup =
            if (exceptions.all(::isOrdinary)) {
                ExceptionGroup(message, exceptions)
            } else {
                BaseExceptionGroup(message, exceptions)
            }

        internal fun isOrdinary(exception: Throwable): Boolean =
            when (exception) {
                is BaseExceptionGroup -> exception is ExceptionGroup
                else -> !exception.isCancellation() && !exception.isFatal()
            }
    }
}

/**
 * Several ordinary exceptions thrown as one: what a [taskGroup] fails with. **Python.** `ExceptionGroup`.
 *
 * @throws IllegalArgumentException if one of the exceptions is a cancellation or an error of the JVM itself.
 */
public open class ExceptionGroup(
    message: String,
    exceptions: List<Throwable>,
) : BaseExceptionGroup(message, exceptions) {
    init {
        require(exceptions.all(::isOrdinary)) {
            "A cancellation or an error of the JVM does not belong into an ExceptionGroup: use BaseExceptionGroup.of()."
        }
    }
}
