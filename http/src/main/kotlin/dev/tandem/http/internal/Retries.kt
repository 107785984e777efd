package dev.tandem.http.internal

import dev.tandem.http.RetryOptions
import io.ktor.client.plugins.retry
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.statement.HttpResponse
import io.ktor.http.HttpHeaders
import io.ktor.http.fromHttpToGmtDate
import io.ktor.util.date.getTimeMillis
import java.util.concurrent.CancellationException
import kotlin.math.min
import kotlin.random.Random

/** Tells Ktor's retry plugin what [options] say about this request; [canResend] is false if its body is a stream. */
internal fun HttpRequestBuilder.retryBy(
    options: RetryOptions?,
    exchange: Exchange,
    canResend: Boolean,
) {
    if (options == null || options.maxRetries == 0 || !canResend || method.value !in options.methods) return
    val maxDelay = options.maxDelay.inWholeMilliseconds
    retry {
        retryIf(options.maxRetries) { _, response ->
            response.status.value in options.statuses && (retryAfterMillis(response) ?: 0) <= maxDelay
        }
        retryOnExceptionIf(options.maxRetries) { _, cause ->
            cause !is CancellationException && !exchange.isOver && exchange.bodyFailure == null &&
                isOfTheNetwork(cause) && !isLasting(cause)
        }
        delayMillis(respectRetryAfterHeader = false) { retry ->
            response?.let(::retryAfterMillis)
                ?: withJitter(backoffMillis(retry, options.baseDelay.inWholeMilliseconds, maxDelay))
        }
    }
}

internal fun backoffMillis(
    retry: Int,
    baseMillis: Long,
    maxMillis: Long,
): Long = min(maxMillis.toDouble(), baseMillis * Math.scalb(1.0, retry - 1)).toLong()

/** Clients that failed together must not all come back together. */
internal fun withJitter(millis: Long): Long = Random.nextLong(millis - millis / 2, millis + 1)

/** What the server asks for, in seconds or as a date. */
private fun retryAfterMillis(response: HttpResponse): Long? {
    val header = response.headers[HttpHeaders.RetryAfter]?.trim() ?: return null
    header.toLongOrNull()?.let { return if (it < 0) null else Math.multiplyExact(min(it, MAX_SECONDS), 1000L) }
    return try {
        (header.fromHttpToGmtDate().timestamp - getTimeMillis()).coerceAtLeast(0)
    } catch (_: IllegalStateException) {
        null
    }
}

private const val MAX_SECONDS = 1_000_000_000L
