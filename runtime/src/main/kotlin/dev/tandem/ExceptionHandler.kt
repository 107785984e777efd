package dev.tandem

/** Is told of exceptions that nobody else can see. **Python.** The argument of `loop.set_exception_handler`. */
public fun interface ExceptionHandler {
    /** Handles [context]; runs on the thread of [loop], in the context of the failed call or task. */
    public fun handle(
        loop: EventLoop,
        context: ExceptionContext,
    )
}

/**
 * What went wrong, and where.
 *
 * **Python.** The context dictionary of `loop.call_exception_handler`.
 */
public class ExceptionContext
    @JvmOverloads
    constructor(
        /** What happened, in a sentence. */
        public val message: String,
        /** The exception, if there is one. */
        public val exception: Throwable? = null,
        /** The task that failed, if there is one. */
        public val task: Task<*>? = null,
        /** The future concerned, if there is one. */
        public val future: Future<*>? = null,
        /** The call that failed, if there is one. */
        public val handle: Handle? = null,
        /** Where the task or future was made; in debug mode only. */
        public val createdAt: Throwable? = null,
    ) {
        override fun toString(): String =
            buildString {
                append(message)
                listOfNotNull(task, future, handle).forEach { append("\n  ").append(it) }
                if (createdAt != null) append("\n  created at:")
                createdAt?.stackTrace?.forEach { append("\n    at ").append(it) }
            }
    }
