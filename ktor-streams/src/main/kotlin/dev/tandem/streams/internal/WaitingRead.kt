package dev.tandem.streams.internal

import java.nio.ByteBuffer
import java.nio.channels.ClosedChannelException
import kotlin.coroutines.Continuation
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.jvm.internal.CoroutineStackFrame

/**
 * A read into a caller's buffer that has to wait. One object serves a reader for life: it is the frame that the compiler
 * would make anew for each call of a suspending function that waits and tries again. Loop thread only.
 */
internal class WaitingRead(
    private val reader: NoWaitReader,
) : Continuation<Unit>,
    CoroutineStackFrame {
    private var source: ByteSource? = null

    /** [ByteSource.awaitReadable] of [source], as what it is to the JVM: a function that takes a continuation. */
    private var awaitReadable: ((Continuation<Unit>) -> Any?)? = null

    /** Who waits; null while nobody does. */
    private var caller: Continuation<Any?>? = null
    private var target: ByteBuffer? = null

    val isWaiting: Boolean get() = caller != null

    /** Waits for [from] until something was put into [target]; returns its boxed size, or that [caller] is suspended. */
    fun begin(
        from: ByteSource,
        target: ByteBuffer,
        caller: Continuation<*>,
    ): Any? {
        if (source !== from) listenTo(from)
        @Suppress("UNCHECKED_CAST")
        this.caller = caller as Continuation<Any?>
        this.target = target
        var result: Any? = null
        try {
            result = awaitAndRead()
        } finally {
            if (result !== COROUTINE_SUSPENDED) end()
        }
        return result
    }

    override fun resumeWith(result: Result<Unit>) {
        val waiting = caller!!
        val outcome =
            try {
                result.exceptionOrNull()?.let { if (it !is ClosedChannelException) throw it }
                val count = reader.readNow(target!!)
                val read = if (count != 0) reader.box(count) else awaitAndRead()
                if (read === COROUTINE_SUSPENDED) return
                Result.success(read)
            } catch (e: Throwable) {
                Result.failure(e)
            }
        end()
        waiting.resumeWith(outcome)
    }

    private fun awaitAndRead(): Any? {
        while (true) {
            try {
                if (awaitReadable!!(this) === COROUTINE_SUSPENDED) return COROUTINE_SUSPENDED
            } catch (_: ClosedChannelException) {
                // This side has closed the stream meanwhile; the next read says how it ended.
            }
            val count = reader.readNow(target!!)
            if (count != 0) return reader.box(count)
        }
    }

    @Suppress("UNCHECKED_CAST")
    private fun listenTo(from: ByteSource) {
        source = from
        val await: suspend () -> Unit = from::awaitReadable
        awaitReadable = await as (Continuation<Unit>) -> Any?
    }

    private fun end() {
        caller = null
        target = null
    }

    // ---- as a frame -----------------------------------------------------------------------------------------------

    override val context: CoroutineContext get() = caller!!.context

    override val callerFrame: CoroutineStackFrame? get() = caller as? CoroutineStackFrame

    override fun getStackTraceElement(): StackTraceElement? = null
}

/** What a [WaitingRead] asks of its reader. */
internal interface NoWaitReader {
    /** Puts what is there into [target], which has room, and returns how many bytes that is: 0 for none, -1 at the end. */
    fun readNow(target: ByteBuffer): Int

    /** Returns [count] as the object that a suspending function returns. */
    fun box(count: Int): Any?
}
