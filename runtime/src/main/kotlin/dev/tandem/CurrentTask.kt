package dev.tandem

import dev.tandem.internal.SingleThreadLoop

/**
 * Returns the task whose step is running, or null in a callback of the loop.
 *
 * **Python.** `asyncio.current_task()`.
 *
 * @throws IllegalStateException on a thread that no loop runs on.
 */
public fun currentTask(): Task<*>? = SingleThreadLoop.running().currentTask

/**
 * Returns the tasks of [loop] that are not done, in the order in which they were made.
 *
 * **Threading.** The thread of [loop]. **Python.** `asyncio.all_tasks()`, which returns a set.
 *
 * @throws IllegalStateException on a thread that no loop runs on.
 */
@JvmOverloads
public fun allTasks(loop: EventLoop = runningLoop()): List<Task<*>> = (loop as SingleThreadLoop).tasks.toList()

/** The running task, for what needs one; [call] names it in the error. */
internal fun requireCurrentTask(call: String): Task<*> =
    currentTask() ?: throw IllegalStateException(
        "$call needs a task, but this is a callback of the loop. Start a task from it: createTask { ... }.",
    )
