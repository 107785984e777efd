package dev.tandem.http.internal

import dev.tandem.Semaphore

/**
 * Bounds how many exchanges of a session are open at once, in all and with each host; who comes first goes first.
 *
 * Owner: the loop thread. An exchange holds one connection at a time, so this also bounds connections, with any engine.
 */
internal class ConnectionSlots(
    limit: Int,
    private val limitPerHost: Int,
) {
    private val all = Semaphore(limit)
    private val hosts = HashMap<String, HostSlots>()

    private class HostSlots(
        val free: Semaphore,
    ) {
        /** Who holds a slot, or waits for one. The last one takes the entry away, so that the map stays small. */
        var users = 0
    }

    /** Waits for a slot; returns what gives it back. */
    suspend fun acquire(host: String): () -> Unit {
        val slots = hosts.getOrPut(host) { HostSlots(Semaphore(limitPerHost)) }
        slots.users++
        try {
            // The host's first: who waits for a busy host must not keep others from theirs.
            slots.free.acquire()
            try {
                all.acquire()
            } catch (e: Throwable) {
                slots.free.release()
                throw e
            }
        } catch (e: Throwable) {
            leave(host, slots)
            throw e
        }
        return {
            all.release()
            slots.free.release()
            leave(host, slots)
        }
    }

    private fun leave(
        host: String,
        slots: HostSlots,
    ) {
        if (--slots.users == 0) hosts.remove(host)
    }
}
