package dev.tandem.conformance

import dev.tandem.BaseExceptionGroup
import dev.tandem.BrokenBarrierException
import dev.tandem.ExceptionGroup
import dev.tandem.InvalidStateException
import dev.tandem.QueueEmptyException
import dev.tandem.QueueFullException
import dev.tandem.QueueShutDownException
import dev.tandem.TimeoutException
import java.io.IOException
import java.util.concurrent.CancellationException

/** Returns an exception of the JVM class that stands for Python's type [name]. */
internal fun newException(
    name: String,
    message: String,
): Exception =
    when (name) {
        "ValueError" -> IllegalArgumentException(message)
        "RuntimeError" -> IllegalStateException(message)
        "KeyError" -> NoSuchElementException(message)
        "OSError" -> IOException(message)
        else -> throw AssertionError("A scenario raises a type that the specification does not name: $name")
    }

/** Python's name for the type of [exception]; a class that stands for none of Python's keeps its own name. */
internal fun typeNameOf(exception: Throwable): String =
    when (exception) {
        is CancellationException -> "CancelledError"
        is ExceptionGroup -> "ExceptionGroup"
        is BaseExceptionGroup -> "BaseExceptionGroup"
        else -> PYTHON_NAMES[exception.javaClass] ?: exception.javaClass.name
    }

/** An exception as a trace shows it. Only messages that the scenario wrote are kept; library texts are free. */
internal fun encode(exception: Throwable): Map<String, Any?> =
    buildMap {
        put("exc", typeNameOf(exception))
        val message = exception.message
        when {
            exception is BaseExceptionGroup -> put("subs", exception.exceptions.map(::encode))
            message != null && message.startsWith("m:") -> put("msg", message)
        }
    }

/** Whether a handler named [name] catches [exception]. */
internal fun catches(
    name: String,
    exception: Throwable,
): Boolean =
    when (name) {
        "BaseException" -> true
        "Exception" -> isOrdinary(exception)
        else -> typeNameOf(exception) == name
    }

/** Whether [exception] would be an `Exception` in Python, which cancellations and what holds them are not. */
internal fun isOrdinary(exception: Throwable): Boolean =
    when (exception) {
        is BaseExceptionGroup -> exception is ExceptionGroup
        else -> exception is Exception && exception !is CancellationException
    }

private val PYTHON_NAMES: Map<Class<out Throwable>, String> =
    mapOf(
        IllegalArgumentException::class.java to "ValueError",
        IllegalStateException::class.java to "RuntimeError",
        UnsupportedOperationException::class.java to "RuntimeError",
        IllegalMonitorStateException::class.java to "RuntimeError",
        NoSuchElementException::class.java to "KeyError",
        IOException::class.java to "OSError",
        TimeoutException::class.java to "TimeoutError",
        InvalidStateException::class.java to "InvalidStateError",
        QueueEmptyException::class.java to "QueueEmpty",
        QueueFullException::class.java to "QueueFull",
        QueueShutDownException::class.java to "QueueShutDown",
        BrokenBarrierException::class.java to "BrokenBarrierError",
    )
