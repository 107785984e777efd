package dev.tandem

import dev.tandem.internal.SingleThreadLoop
import dev.tandem.internal.TaskContext
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.util.concurrent.CancellationException
import kotlin.coroutines.coroutineContext

/**
 * Runs [body] with a group to which it adds tasks, and returns when [body] and all those tasks are done.
 *
 * The first failure of a task, or of [body], cancels everything else in the group; when all have ended, an
 * [ExceptionGroup] with every failure is thrown. A task that ends cancelled is no failure.
 *
 * **Cancellation.** Cancelling the calling task cancels the group and passes through when all have ended. If there are
 * failures as well, they are thrown, and the cancellation comes at the next `await`.
 * **Threading.** In a task. **Python.** `async with asyncio.TaskGroup()`.
 *
 * ```
 * taskGroup { group ->
 *     val user = group.createTask { fetchUser(id) }
 *     group.createTask { prefetchImages(id) }
 *     render(user.await())
 * }
 * ```
 *
 * @throws ExceptionGroup with what failed; a [BaseExceptionGroup] if a cancellation is among the failures.
 * @throws IllegalStateException outside a task.
 */
public suspend fun taskGroup(body: suspend (TaskGroup) -> Unit) {
    val group = TaskGroup()
    group.run { body(group) }
}

/**
 * Tasks that end together, handed to the body of [taskGroup].
 *
 * **Threading.** Loop thread only. **Python.** `asyncio.TaskGroup`.
 */
public class TaskGroup internal constructor() {
    /** The task that runs the body, from its start on. */
    private lateinit var parent: Task<*>

    /** The tasks that are not done, in the order in which they were made. */
    private val running = LinkedHashSet<Task<*>>()
    private val failures = ArrayList<Throwable>()

    /** An error of the JVM itself: thrown as it is, before all others. */
    private var fatalFailure: Throwable? = null

    /** The body has ended; the group waits for its tasks. */
    private var finishing = false

    /** Everything in the group has been cancelled; no task may join any more. */
    private var aborting = false

    /** The group itself has cancelled its parent, and takes that back at the end. */
    private var parentCancelRequested = false

    /** What ended the body or the wait for the tasks, and the last cancellation that came during that wait. */
    private var cancellation: Throwable? = null
    private var lateCancellation: Throwable? = null

    private var allDone: Future<Unit>? = null

    /**
     * Returns a new task of this group; the parameters are those of [dev.tandem.createTask]. Allowed until the last
     * task of the group is done, also for the tasks themselves.
     *
     * @throws IllegalStateException if the group has ended or is being cancelled.
     */
    public fun <T> createTask(
        name: String? = null,
        context: Context? = null,
        eagerStart: Boolean? = null,
        body: suspend () -> T,
    ): Task<T> = createTask(Coroutine(name, body), name, context, eagerStart)

    /** Returns a new task of this group that runs [coroutine]. */
    public fun <T> createTask(
        coroutine: Coroutine<T>,
        name: String? = null,
        context: Context? = null,
        eagerStart: Boolean? = null,
    ): Task<T> {
        checkOpen(coroutine)
        val task = parent.owner.createTask(coroutine, name, context, eagerStart)
        // Also of a task that is done already, having started eagerly, the group learns in a turn of its own: a failure
        // must not cancel the creator before it has the task in its hands.
        running.add(task)
        task.whenDone { onDone(task) }
        // A task that started eagerly may have cancelled the group before it became a member.
        if (aborting && !task.done()) task.cancel()
        return task
    }

    /**
     * Cancels the tasks of this group and its body; [taskGroup] then ends **without** a cancellation. Failures are
     * thrown all the same. May be repeated, and does nothing when the group has ended. Before the body starts: it is
     * cancelled where it first awaits.
     *
     * **Python.** `TaskGroup.cancel()`, new in 3.15.
     */
    public fun cancel() {
        if (aborting || (finishing && running.isEmpty())) return
        abort()
        if (::parent.isInitialized) cancelParent()
    }

    /** Runs [body] and returns its result once all tasks are done; null if [cancel] cut it short. Used once. */
    internal suspend fun <T> run(body: suspend () -> T): T? {
        enter()
        var result: T? = null
        var failure: Throwable? = null
        try {
            result = body()
        } catch (e: Throwable) {
            failure = e
        }
        finish(failure)
        return result
    }

    private fun enter() {
        val task = requireCurrentTask("taskGroup()")
        check(!::parent.isInitialized) { "$this was used before. A group runs once: make a new one for each body." }
        parent = task
        if (aborting) cancelParent()
    }

    /** Waits for the tasks and throws what is to be thrown; [bodyFailure] is how the body ended. */
    private suspend fun finish(bodyFailure: Throwable?) {
        finishing = true
        if (bodyFailure?.isFatal() == true && fatalFailure == null) fatalFailure = bodyFailure
        if (bodyFailure != null && !aborting) abort()
        cancellation = bodyFailure.takeIf { it.isCancellation() }
        awaitTasks()
        fatalFailure?.let { throw it }

        // If more than the group's own request is left after that was taken back, somebody outside made it.
        if (parentCancelRequested) cancellation = if (parent.uncancel() == 0) null else cancellation ?: lateCancellation
        cancellation?.let { if (failures.isEmpty()) throw it }
        if (bodyFailure != null && !bodyFailure.isCancellation()) failures.add(bodyFailure)
        if (failures.isEmpty()) return
        if (parent.cancelling() > 0) {
            // Somebody outside cancelled the parent, too: it gets that at its next await, and the count stays.
            parent.uncancel()
            parent.cancel()
        }
        throw BaseExceptionGroup.of("Tasks of a group failed", failures)
    }

    private suspend fun awaitTasks() {
        while (running.isNotEmpty()) {
            try {
                awaitAllDone()
            } catch (e: CancellationException) {
                lateCancellation = e
                if (!aborting) {
                    cancellation = e
                    abort()
                }
                // Inside a kotlinx scope a cancellation stays, so that another wait would fail at once, for ever.
                if (coroutineContext !is TaskContext) withContext(NonCancellable) { awaitAllDone() }
            }
        }
    }

    private suspend fun awaitAllDone() {
        while (running.isNotEmpty()) {
            parent.owner
                .createFuture<Unit>()
                .also { allDone = it }
                .await()
        }
    }

    private fun onDone(task: Task<*>) {
        running.remove(task)
        if (running.isEmpty()) allDone?.finish(Unit)
        val failure = task.failureOrNull() ?: return
        failures.add(failure)
        if (failure.isFatal() && fatalFailure == null) fatalFailure = failure
        if (!aborting && !parentCancelRequested) {
            abort()
            cancelParent()
        }
    }

    private fun abort() {
        aborting = true
        running.toList().forEach { it.cancel() }
    }

    private fun cancelParent() {
        parentCancelRequested = true
        parent.cancel()
    }

    private fun checkOpen(coroutine: Coroutine<*>) {
        val closed =
            when {
                !::parent.isInitialized -> "has not started: add tasks in its body"
                finishing && running.isEmpty() -> "has ended and takes no more tasks"
                aborting -> "is being cancelled and takes no more tasks"
                else -> return
            }
        coroutine.close()
        throw IllegalStateException("$this $closed.")
    }

    override fun toString(): String = "TaskGroup(${running.size} running${if (aborting) ", cancelling" else ""})"
}
