package dev.tandem

/**
 * Gives values one after the other, waiting for each; `for` iterates over it in a suspend function.
 *
 * **Python.** An asynchronous iterator, `async for`.
 */
public interface AsyncIterator<out T> {
    /** Waits until it is known whether there is a further value, and returns whether there is. */
    public suspend operator fun hasNext(): Boolean

    /** Returns the value that [hasNext] found. */
    public operator fun next(): T
}

/** What `for` asks for: the iterator itself. */
public operator fun <T> AsyncIterator<T>.iterator(): AsyncIterator<T> = this
