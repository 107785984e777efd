package dev.tandem.internal

import sun.misc.Signal
import sun.misc.SignalHandler

/**
 * Signals of the operating system, each passed on to one callback. Handlers run on a thread of the JVM; what they do
 * for a loop they hand over.
 */
internal object Signals {
    /** Calls [handler] for each [name] (`INT`, `TERM`, ...) from now on; returns what undoes it. */
    fun handle(
        name: String,
        handler: () -> Unit,
    ): AutoCloseable {
        val signal =
            try {
                Signal(name)
            } catch (e: IllegalArgumentException) {
                throw IllegalArgumentException(
                    "No such signal here: \"$name\". Give its name without SIG, as in \"TERM\".",
                    e,
                )
            }
        val previous =
            try {
                Signal.handle(signal) { handler() }
            } catch (e: IllegalArgumentException) {
                throw IllegalArgumentException("The JVM keeps the signal $name for itself.", e)
            }
        return AutoCloseable { Signal.handle(signal, previous) }
    }

    /** As [handle] for Ctrl-C, but only where nobody else handles it; [onFirst] is called once, then the JVM exits. */
    fun handleInterruptKey(onFirst: () -> Unit): AutoCloseable {
        val signal = Signal("INT")
        var previous: SignalHandler? = null
        var pressed = false
        previous =
            Signal.handle(signal) {
                if (pressed) {
                    previous?.handle(it)
                } else {
                    pressed = true
                    onFirst()
                }
            }
        if (isDefault(previous)) return AutoCloseable { Signal.handle(signal, previous) }
        Signal.handle(signal, previous)
        return AutoCloseable {}
    }

    /** The JVM's own handler, which shuts down, comes wrapped; one that the application has set comes as it is. */
    private fun isDefault(handler: SignalHandler) =
        handler === SignalHandler.SIG_DFL || handler.javaClass.name.startsWith("sun.misc.Signal")
}
