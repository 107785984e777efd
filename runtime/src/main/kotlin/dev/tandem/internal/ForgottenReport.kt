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
}

/** Debug mode: something that must be used or closed; unless it is [settled], [complaint] is logged when it is gone. */
internal class ForgottenRecord private constructor(
    private val complaint: String,
) : Runnable {
    private val createdAt = CreationStack()

    @Volatile
    var settled: Boolean = false

    override fun run() {
        if (settled) return
        val where = createdAt.stackTrace.drop(1).joinToString("\n") { "    at $it" }
        LoopLog.warn("$complaint It was made here:\n$where")
    }

    companion object {
        fun watch(
            what: Any,
            complaint: String,
        ): ForgottenRecord = ForgottenRecord(complaint).also { forgetfulness.register(what, it) }
    }
}
