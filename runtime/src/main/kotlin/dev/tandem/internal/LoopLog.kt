package dev.tandem.internal

import dev.tandem.ExceptionContext
import java.lang.System.Logger.Level

/** Where the ordinary exception handler writes: the platform logger `dev.tandem`, level ERROR. Any thread. */
internal object LoopLog {
    private val logger = System.getLogger("dev.tandem")

    fun report(context: ExceptionContext) {
        logger.log(Level.ERROR, context.toString(), context.exception)
    }

    fun warn(message: String) {
        logger.log(Level.WARNING, message)
    }
}
