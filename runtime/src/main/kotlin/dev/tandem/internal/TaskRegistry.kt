package dev.tandem.internal

import dev.tandem.Task

/**
 * The tasks of a loop that are not done, oldest first: a list linked through the tasks themselves, so that a task
 * costs no entry. It also keeps them from being collected while they wait. Loop thread only.
 */
internal class TaskRegistry {
    private var first: Task<*>? = null
    private var last: Task<*>? = null

    fun add(task: Task<*>) {
        val before = last
        task.previous = before
        if (before == null) first = task else before.next = task
        last = task
    }

    fun remove(task: Task<*>) {
        val before = task.previous
        val after = task.next
        if (before == null) first = after else before.next = after
        if (after == null) last = before else after.previous = before
        task.previous = null
        task.next = null
    }

    fun toList(): List<Task<*>> = generateSequence(first) { it.next }.toList()
}
