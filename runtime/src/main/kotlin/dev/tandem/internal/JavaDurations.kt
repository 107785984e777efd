package dev.tandem.internal

import dev.tandem.AsCompleted
import dev.tandem.Awaitable
import dev.tandem.Coroutine
import dev.tandem.Future
import dev.tandem.ReturnWhen
import dev.tandem.WaitResult
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

// The functions that take a time, for callers in other languages: the name of one that takes a kotlin.time.Duration is
// mangled. What has no result returns null, which is what a Java `Void` can be.

internal fun sleep(delay: JavaDuration): Coroutine<Void?> =
    Coroutine("sleep") {
        dev.tandem.sleep(delay.toKotlinDuration())
        null
    }

internal suspend fun <T> waitFor(
    awaitable: Awaitable<T>,
    timeout: JavaDuration?,
): T = dev.tandem.waitFor(awaitable, timeout?.toKotlinDuration())

internal suspend fun <F : Future<*>> wait(
    futures: Collection<F>,
    timeout: JavaDuration?,
    returnWhen: ReturnWhen,
): WaitResult<F> = dev.tandem.wait(futures, timeout?.toKotlinDuration(), returnWhen)

internal fun <T> asCompleted(
    awaitables: Collection<Awaitable<T>>,
    timeout: JavaDuration?,
): AsCompleted<T> = dev.tandem.asCompleted(awaitables, timeout?.toKotlinDuration())
