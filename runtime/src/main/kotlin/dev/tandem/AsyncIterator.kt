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

    /** Returns this iterator: what `for` asks for. */
    public operator fun iterator(): AsyncIterator<T> = this
}
