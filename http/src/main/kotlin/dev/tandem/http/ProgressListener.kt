package dev.tandem.http

/** Is told how much of a body was sent or received. Called on the loop's thread; must not wait. */
public fun interface ProgressListener {
    /** Called for each piece: [bytes] of [total] are through; null if the size is not known. */
    public fun onProgress(
        bytes: Long,
        total: Long?,
    )
}
