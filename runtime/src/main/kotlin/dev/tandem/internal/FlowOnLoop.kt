package dev.tandem.internal

import dev.tandem.Coroutine
import dev.tandem.EventLoop
import dev.tandem.runCoroutineThreadsafe
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.channelFlow
import kotlinx.coroutines.future.await

/**
 * Returns a flow that, wherever it is collected, runs the original as a task of [loop], one value ahead at most.
 *
 * A task rather than `flowOn(loop)`, so that what needs one works in the flow, `waitFor` for instance, and that closing
 * the loop ends the flow.
 */
internal fun <T> Flow<T>.asTaskOf(loop: EventLoop): Flow<T> {
    val source = this
    return channelFlow {
        val collecting = Coroutine("flow") { source.collect { send(it) } }
        runCoroutineThreadsafe(collecting, loop).await()
    }.buffer(Channel.RENDEZVOUS)
}
