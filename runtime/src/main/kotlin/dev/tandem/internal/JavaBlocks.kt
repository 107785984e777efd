package dev.tandem.internal

import dev.tandem.TaskGroup
import dev.tandem.Timeout
import dev.tandem.runningLoop
import java.util.concurrent.Callable
import kotlin.time.toJavaDuration
import kotlin.time.toKotlinDuration
import java.time.Duration as JavaDuration

// What takes a block, for callers in other languages: a time limit and a task group are objects that are there before
// their block runs.

internal fun timeout(delay: JavaDuration?): Timeout = timeoutAt(delay?.let { runningLoop().javaTime() + it })

internal fun timeoutAt(`when`: JavaDuration?): Timeout = Timeout(`when`?.toKotlinDuration())

internal suspend fun <T> run(
    limit: Timeout,
    body: suspend () -> T,
): T = limit.run(body)

internal fun whenOf(limit: Timeout): JavaDuration? = limit.`when`()?.toJavaDuration()

internal fun reschedule(
    limit: Timeout,
    `when`: JavaDuration?,
): Unit = limit.reschedule(`when`?.toKotlinDuration())

internal suspend fun <T> run(
    group: TaskGroup,
    body: suspend () -> T,
): T? = group.run(body)

internal suspend fun <T> toThread(work: Callable<T>): T = dev.tandem.toThread(work::call)
