package dev.tandem.internal

import dev.tandem.Context

/**
 * Which [Context] the calling code runs in: the running loop's, which a step changes by writing a field, or, on a
 * thread without a loop, the thread's own.
 */
internal object CurrentContext {
    private val ofThread: ThreadLocal<Context> = ThreadLocal.withInitial { Context() }

    fun get(): Context = SingleThreadLoop.runningOrNull()?.currentContext ?: ofThread.get()

    /** Makes [context] the current one and returns the one before. */
    fun replace(context: Context): Context {
        val previous = get()
        val loop = SingleThreadLoop.runningOrNull()
        if (loop != null) loop.currentContext = context else ofThread.set(context)
        return previous
    }
}
