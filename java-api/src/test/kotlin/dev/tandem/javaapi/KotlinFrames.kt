package dev.tandem.javaapi

import dev.tandem.Awaitable
import dev.tandem.CancelledException
import dev.tandem.Coroutine
import dev.tandem.TaskGroup
import dev.tandem.Timeout
import dev.tandem.await
import dev.tandem.coroutine
import dev.tandem.currentTask
import dev.tandem.runLoop
import dev.tandem.runningLoop
import dev.tandem.sleep
import dev.tandem.taskGroup
import dev.tandem.timeout
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
import kotlin.concurrent.thread
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration

/** What Kotlin code around and below Java code does, for the tests of Java's side. */
object KotlinFrames {
    /** The running loop's time in seconds. */
    @JvmStatic
    fun time(): Double = runningLoop().time().inWholeMilliseconds / 1000.0

    /** Awaits [inner] and nothing else. */
    @JvmStatic
    fun <T> awaiting(inner: Awaitable<T>): Coroutine<T> = coroutine { inner.await() }

    /** As a level of a nest, see `Nest`: sleeps a second, awaits [inner], sleeps another second. */
    @JvmStatic
    fun level(
        name: String,
        inner: Awaitable<String>,
        log: MutableList<String>,
        onCancel: Nest.OnCancel,
    ): Coroutine<String> =
        coroutine(name) {
            try {
                sleep(1.seconds)
                val result = inner.await()
                sleep(1.seconds)
                "$name($result)"
            } catch (e: CancelledException) {
                log += "$name cancelled"
                if (onCancel == Nest.OnCancel.RETHROW) throw e
                "$name caught"
            } catch (e: Exception) {
                log += "$name failed"
                throw e
            }
        }

    /** Awaits [inner] inside a kotlinx scope, beside a child that ends before it and one that ends after it. */
    @JvmStatic
    fun <T> inScope(inner: Awaitable<T>): Coroutine<T> =
        coroutine {
            coroutineScope {
                launch { delay(100) }
                launch { delay(10_000) }
                inner.await()
            }
        }

    /** Awaits [inner] in a child that starts on the stack of its parent, and completes [gate] after that. */
    @JvmStatic
    fun <T> inUndispatchedChild(
        inner: Awaitable<T>,
        gate: CompletableFuture<Unit>,
    ): Coroutine<T> =
        coroutine {
            coroutineScope {
                val child = async(start = CoroutineStart.UNDISPATCHED) { inner.await() }
                gate.complete(Unit)
                child.await()
            }
        }

    /** Awaits [inner] on another dispatcher's thread. */
    @JvmStatic
    fun <T> onOtherDispatcher(inner: Awaitable<T>): Coroutine<T> =
        coroutine { withContext(Dispatchers.IO) { inner.await() } }

    /** Goes to another dispatcher and comes back, then awaits [inner]. */
    @JvmStatic
    fun <T> afterOtherDispatcher(inner: Awaitable<T>): Coroutine<T> =
        coroutine {
            withContext(Dispatchers.IO) { }
            inner.await()
        }

    /** A suspend function that resumes before it says that it suspends. */
    @JvmStatic
    fun resumingEarly(): Coroutine<String> =
        coroutine {
            suspendCoroutineUninterceptedOrReturn { k ->
                k.resume("early")
                COROUTINE_SUSPENDED
            }
        }

    /** A suspend function that resumes on a thread of its own, past the interceptor. */
    @JvmStatic
    fun resumingElsewhere(): Coroutine<String> =
        coroutine {
            suspendCoroutineUninterceptedOrReturn { k ->
                thread { k.resume("elsewhere") }
                COROUTINE_SUSPENDED
            }
        }

    /** Calls [code] as an ordinary function, from a frame that the loop's own thread has resumed. */
    @JvmStatic
    fun calling(code: Runnable): Coroutine<Unit> =
        coroutine {
            sleep(1.seconds)
            code.run()
        }

    /** Launches [inner] on the loop, as no part of any task. */
    @JvmStatic
    fun launchOnLoop(inner: Awaitable<*>) {
        kotlinx.coroutines.CoroutineScope(runningLoop()).launch { inner.await() }
    }

    /** Logs [name] at each of [turns] turns. */
    @JvmStatic
    fun counting(
        name: String,
        turns: Int,
        log: MutableList<String>,
    ): Coroutine<Unit> =
        coroutine {
            repeat(turns) {
                log += name + it
                sleep(0.seconds)
            }
        }

    /** Runs [main] as Kotlin does, on the calling thread. */
    @JvmStatic
    fun <T> runOnThisThread(main: Awaitable<T>): T = runLoop { main.await() }

    /** The name of the current task, seen before and after a suspension. */
    @JvmStatic
    fun taskNames(log: MutableList<String>): Coroutine<Unit> =
        coroutine {
            log += "kotlin in ${currentTask()?.name}"
            sleep(1.seconds)
            log += "kotlin in ${currentTask()?.name}"
        }

    /** Hands the limit of a Kotlin block to Java code, which runs in the block. */
    @JvmStatic
    fun withLimit(
        delay: Duration,
        code: Consumer<Timeout>,
    ): Coroutine<Unit> = coroutine { timeout(delay.toKotlinDuration()) { limit -> code.inTask(limit).await() } }

    /** Hands the group of a Kotlin body to Java code, which is the body. */
    @JvmStatic
    fun withGroup(code: Consumer<TaskGroup>): Coroutine<Unit> =
        coroutine { taskGroup { group -> code.inTask(group).await() } }

    private fun <T> Consumer<T>.inTask(argument: T) = Asyncio.async(VoidCallable { accept(argument) })
}
