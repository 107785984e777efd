package dev.tandem.internal

import dev.tandem.ExceptionContext
import java.lang.ref.Cleaner

/** Where something was made, for reports in debug mode; a stack trace, never thrown. */
internal class CreationStack : Throwable("created here")

/** Finds out that an object was forgotten: its action runs on the cleaner's thread once the object is unreachable. */
internal val forgetfulness: Cleaner = Cleaner.create()

/**
 * The exception of a failed future, which is reported if the future is collected before anybody asked for it.
 *
 * It must not refer to the future itself. Written by the loop thread; the cleaner reads it after the future is gone.
 */
internal class FailureRecord(
    val exception: Throwable,
    private val loop: SingleThreadLoop,
    private val description: String,
    private val createdAt: Throwable?,
) : Runnable {
    @Volatile
    var retrieved: Boolean = false

    override fun run() {
        if (retrieved) return
        loop.reportFromAnyThread(
            ExceptionContext("The exception of $description was never retrieved", exception, createdAt = createdAt),
        )
    }

    companion object {
        fun watch(
            future: Any,
            record: FailureRecord,
        ) {
            forgetfulness.register(future, record)
        }
    }
}

/** Debug mode: a coroutine that was made and never awaited, a common mistake that otherwise does nothing at all. */
internal class UnusedCoroutineRecord private constructor(
    private val description: String,
) : Runnable {
    private val createdAt = CreationStack()

    @Volatile
    var used: Boolean = false

    override fun run() {
        if (used) return
        val where = createdAt.stackTrace.drop(1).joinToString("\n") { "    at $it" }
        LoopLog.warn("$description was never awaited, so its body never ran. It was made here:\n$where")
    }

    companion object {
        fun watch(
            coroutine: Any,
            name: String?,
        ): UnusedCoroutineRecord =
            UnusedCoroutineRecord("Coroutine ${name ?: ""}".trim()).also { forgetfulness.register(coroutine, it) }
    }
}

/** Debug mode: something that must be closed and was forgotten. */
internal class UnclosedRecord private constructor(
    private val description: String,
) : Runnable {
    private val createdAt = CreationStack()

    @Volatile
    var closed: Boolean = false

    override fun run() {
        if (closed) return
        val where = createdAt.stackTrace.drop(1).joinToString("\n") { "    at $it" }
        LoopLog.warn("$description was never closed. It was made here:\n$where")
    }

    companion object {
        fun watch(
            resource: Any,
            description: String,
        ): UnclosedRecord = UnclosedRecord(description).also { forgetfulness.register(resource, it) }
    }
}
