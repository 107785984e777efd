package dev.tandem.http

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/**
 * How long the parts of a request may take; null means no limit. Never changed: each `with...` returns a copy.
 *
 * A limit that runs out throws a [dev.tandem.TimeoutException], which names the request and the limit, and closes the
 * connection. **Python.** `aiohttp.ClientTimeout`.
 */
public class ClientTimeout(
    /** From the call to the end of the body: waiting for a free connection, redirects and retries included. */
    public val total: Duration? = 5.minutes,
    /** Until the connection is there: looking up the name, connecting, but not the TLS handshake. For each attempt. */
    public val connect: Duration? = 30.seconds,
    /** The longest silence of the server while it should send. */
    public val socketRead: Duration? = null,
) {
    /** For Java: five minutes in all, 30 seconds to connect. */
    public constructor() : this(5.minutes)

    init {
        for (limit in listOfNotNull(total, connect, socketRead)) {
            require(limit.isPositive()) { "A time limit must be positive, not $limit; null means no limit." }
        }
    }

    /** Returns a copy with another [total]; for Java. */
    public fun withTotal(limit: java.time.Duration?): ClientTimeout =
        ClientTimeout(limit?.toKotlinDuration(), connect, socketRead)

    /** Returns a copy with another [connect]; for Java. */
    public fun withConnect(limit: java.time.Duration?): ClientTimeout =
        ClientTimeout(total, limit?.toKotlinDuration(), socketRead)

    /** Returns a copy with another [socketRead]; for Java. */
    public fun withSocketRead(limit: java.time.Duration?): ClientTimeout =
        ClientTimeout(total, connect, limit?.toKotlinDuration())

    override fun toString(): String = "ClientTimeout(total=$total, connect=$connect, socketRead=$socketRead)"
}
