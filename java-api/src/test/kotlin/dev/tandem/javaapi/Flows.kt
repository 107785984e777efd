package dev.tandem.javaapi

import dev.tandem.AsyncIterator
import dev.tandem.currentTask
import dev.tandem.sleep
import dev.tandem.waitFor
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.FlowCollector
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.onCompletion
import java.util.concurrent.CancellationException
import kotlin.concurrent.thread
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.time.Duration.Companion.seconds

/** Flows of each kind, and what they log. */
object Flows {
    @JvmStatic
    fun of(vararg values: String?): Flow<String?> = flowOf(*values)

    @JvmStatic
    fun counting(count: Int): Flow<Int> = (1..count).asFlow()

    /** Numbers from 1 to [count], each after a second; says in which task it runs and when it ends. */
    @JvmStatic
    fun ticking(
        count: Int,
        log: MutableList<String>,
    ): Flow<Int> =
        flow {
            log += "begins in ${currentTask()?.name}"
            try {
                for (i in 1..count) {
                    sleep(1.seconds)
                    log += "emits $i"
                    emit(i)
                }
            } finally {
                log += "ends"
            }
        }

    /** Numbers without end, without ever suspending. */
    @JvmStatic
    fun endless(log: MutableList<String>): Flow<Int> =
        flow {
            var i = 0
            while (true) {
                log += "emits ${++i}"
                emit(i)
            }
        }

    /** Gives 1, waits a second, and fails. */
    @JvmStatic
    fun failing(failure: Throwable): Flow<Int> =
        flow {
            emit(1)
            sleep(1.seconds)
            throw failure
        }

    /** Gives 1, and needs two seconds to end, however it ends. */
    @JvmStatic
    fun endingSlowly(log: MutableList<String>): Flow<Int> =
        flow {
            try {
                emit(1)
                awaitCancellation()
            } finally {
                log += "ending"
                sleep(2.seconds)
                log += "ended"
            }
        }

    /** Fails when it is left. */
    @JvmStatic
    fun failingAtTheEnd(failure: Throwable): Flow<Int> =
        flow {
            try {
                emit(1)
            } finally {
                throw failure
            }
        }

    /** Takes no hint. */
    @JvmStatic
    fun stubborn(): Flow<Int> =
        object : Flow<Int> {
            override suspend fun collect(collector: FlowCollector<Int>) {
                while (true) {
                    try {
                        collector.emit(1)
                    } catch (_: CancellationException) {
                        // What nobody should write; `flow { }` forbids it by itself.
                    }
                }
            }
        }

    /** A producer of its own behind a buffer, suspended in kotlinx's way. */
    @JvmStatic
    fun buffered(log: MutableList<String>): Flow<Int> =
        channelFlow {
            try {
                for (i in 1..3) {
                    delay(1000)
                    send(i)
                }
                awaitCancellation()
            } finally {
                log += "producer ends"
            }
        }.buffer(2).onCompletion { log += "completed with ${it?.javaClass?.simpleName}" }

    /** Numbers made on other threads. */
    @JvmStatic
    fun onOtherDispatcher(count: Int): Flow<Int> = flow { for (i in 1..count) emit(i) }.flowOn(Dispatchers.IO)

    /** Resumed on a thread of its own, past the interceptor, before each value. */
    @JvmStatic
    fun onThreadsOfItsOwn(count: Int): Flow<Int> =
        flow {
            for (i in 1..count) {
                suspendCoroutineUninterceptedOrReturn { k ->
                    thread { k.resume(Unit) }
                    COROUTINE_SUSPENDED
                }
                emit(i)
            }
        }

    /** Needs a task to run in. */
    @JvmStatic
    fun timed(): Flow<String> =
        flow {
            waitFor(3.seconds) { sleep(1.seconds) }
            emit("in time")
        }

    /** Tandem's own kind. */
    @JvmStatic
    fun iterator(count: Int): AsyncIterator<Int> =
        object : AsyncIterator<Int> {
            private var last = 0

            override suspend fun hasNext(): Boolean {
                sleep(1.seconds)
                return last < count
            }

            override fun next(): Int = ++last
        }
}
