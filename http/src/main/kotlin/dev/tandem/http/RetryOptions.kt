package dev.tandem.http

import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/**
 * When and how often a request is sent again. Never changed: each `with...` returns a copy.
 *
 * A request is sent again if there was no connection, or it was lost before the response began, or the response has one
 * of [statuses]. Only [methods] are, which a server must be able to take twice, and only if the body can be sent again:
 * one that is streamed cannot. When the retries are used up, the last response or exception is the outcome.
 *
 * The n-th retry waits for [baseDelay] times 2 to the power of n - 1, but for [maxDelay] at most, and of that a random
 * part between half and all. A `Retry-After` of the server is waited for instead; if it is longer than [maxDelay],
 * there is no retry. A certificate that is not trusted is never tried again.
 */
public class RetryOptions(
    /** How often a request is sent again at most. */
    public val maxRetries: Int,
    /** How long to wait before the first retry. */
    public val baseDelay: Duration = 500.milliseconds,
    /** How long to wait at most. */
    public val maxDelay: Duration = 30.seconds,
    /** The statuses that are worth a retry. */
    public val statuses: Set<Int> = DEFAULT_STATUSES,
    /** The methods that may be sent twice. */
    public val methods: Set<String> = IDEMPOTENT_METHODS,
) {
    /** For Java: [maxRetries] retries, with the defaults of the other parameters. */
    public constructor(maxRetries: Int) : this(maxRetries, 500.milliseconds)

    init {
        require(maxRetries >= 0) { "The number of retries must not be negative: $maxRetries." }
        require(baseDelay.isPositive()) { "The first delay must be positive, not $baseDelay." }
        require(maxDelay >= baseDelay) { "The longest delay, $maxDelay, is shorter than the first, $baseDelay." }
    }

    /** Returns a copy with other delays; for Java. */
    public fun withDelays(
        baseDelay: java.time.Duration,
        maxDelay: java.time.Duration,
    ): RetryOptions =
        RetryOptions(maxRetries, baseDelay.toKotlinDuration(), maxDelay.toKotlinDuration(), statuses, methods)

    /** Returns a copy with other [statuses]. */
    public fun withStatuses(statuses: Set<Int>): RetryOptions =
        RetryOptions(maxRetries, baseDelay, maxDelay, statuses, methods)

    /** Returns a copy with other [methods]. */
    public fun withMethods(methods: Set<String>): RetryOptions =
        RetryOptions(maxRetries, baseDelay, maxDelay, statuses, methods)

    override fun toString(): String = "RetryOptions(maxRetries=$maxRetries, baseDelay=$baseDelay, maxDelay=$maxDelay)"

    public companion object {
        /** Too slow, too many requests, and what gateways say when the server behind them is away. */
        @JvmField
        public val DEFAULT_STATUSES: Set<Int> = setOf(408, 429, 502, 503, 504)

        /** The methods that do the same when they are done twice (RFC 9110). */
        @JvmField
        public val IDEMPOTENT_METHODS: Set<String> = setOf("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE")
    }
}
