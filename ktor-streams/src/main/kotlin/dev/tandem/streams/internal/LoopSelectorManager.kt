package dev.tandem.streams.internal

import dev.tandem.EventLoop
import dev.tandem.runningLoopOrNull
import io.ktor.network.selector.SelectInterest
import io.ktor.network.selector.Selectable
import io.ktor.network.selector.SelectorManager
import kotlinx.coroutines.withContext
import java.nio.channels.spi.SelectorProvider
import kotlin.coroutines.CoroutineContext

/**
 * The loop as Ktor's selector: sockets made with it connect and accept on the loop's thread and nowhere else.
 *
 * It keeps no state, so each caller makes its own. Ktor's list of suspensions stays empty: the loop knows who waits.
 * Ktor closes its sockets, and runs the pumps of its byte channels, on threads of its own; what these ask for is
 * handed to the loop.
 */
internal class LoopSelectorManager(
    private val loop: EventLoop,
) : SelectorManager {
    override val coroutineContext: CoroutineContext get() = loop
    override val provider: SelectorProvider = SelectorProvider.provider()

    override suspend fun select(
        selectable: Selectable,
        interest: SelectInterest,
    ) {
        if (onLoop()) await(selectable, interest) else withContext(loop) { await(selectable, interest) }
    }

    override fun notifyClosed(selectable: Selectable) {
        if (onLoop()) return loop.channelClosed(selectable.channel)
        try {
            loop.callSoonThreadsafe { loop.channelClosed(selectable.channel) }
        } catch (_: IllegalStateException) {
            // The loop is closed, and with it the selector that would have to know.
        }
    }

    override fun close() {
        // The selector is the loop's, and closed with it.
    }

    private suspend fun await(
        selectable: Selectable,
        interest: SelectInterest,
    ) {
        when (interest) {
            SelectInterest.READ, SelectInterest.ACCEPT -> loop.awaitReadable(selectable.channel)
            SelectInterest.WRITE, SelectInterest.CONNECT -> loop.awaitWritable(selectable.channel)
        }
    }

    private fun onLoop() = runningLoopOrNull() === loop
}
