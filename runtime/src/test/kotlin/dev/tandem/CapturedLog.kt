package dev.tandem

import java.util.concurrent.CopyOnWriteArrayList
import java.util.logging.Handler
import java.util.logging.LogRecord
import java.util.logging.Logger

/** Runs [block] and returns what the runtime has logged meanwhile, which is then not printed. */
internal fun captureLog(block: (List<LogRecord>) -> Unit): List<LogRecord> {
    val records = CopyOnWriteArrayList<LogRecord>()
    val collector =
        object : Handler() {
            override fun publish(record: LogRecord) {
                records.add(record)
            }

            override fun flush() = Unit

            override fun close() = Unit
        }
    val logger = Logger.getLogger("dev.tandem")
    logger.addHandler(collector)
    logger.useParentHandlers = false
    try {
        block(records)
    } finally {
        logger.useParentHandlers = true
        logger.removeHandler(collector)
    }
    return records
}
