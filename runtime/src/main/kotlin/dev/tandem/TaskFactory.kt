package dev.tandem

/** Makes the tasks of a loop, see [EventLoop.taskFactory]. **Python.** The argument of `loop.set_task_factory`. */
public interface TaskFactory {
    /**
     * Returns a new task of [loop] that runs [coroutine]; usually made by the constructor of [Task].
     *
     * @param eagerStart what the caller of `createTask` asked for; null: the factory decides
     */
    public fun <T> createTask(
        loop: EventLoop,
        coroutine: @JvmSuppressWildcards Coroutine<T>,
        name: String?,
        context: Context?,
        eagerStart: Boolean?,
    ): Task<T>
}

/**
 * A factory whose tasks take their first step at once, inside `createTask`, unless that is told `eagerStart = false`. A
 * task that does not have to wait is then done before the loop has its next turn.
 *
 * **Python.** `asyncio.eager_task_factory`.
 *
 * ```
 * runningLoop().taskFactory = eagerTaskFactory
 * ```
 */
public val eagerTaskFactory: TaskFactory =
    object : TaskFactory {
        override fun <T> createTask(
            loop: EventLoop,
            coroutine: @JvmSuppressWildcards Coroutine<T>,
            name: String?,
            context: Context?,
            eagerStart: Boolean?,
        ): Task<T> = Task(loop, coroutine, name, context, eagerStart ?: true)

        override fun toString(): String = "eagerTaskFactory"
    }
