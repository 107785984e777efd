package dev.tandem.internal

import dev.tandem.Future

/** A future that one task waits for, inside of a function of ours. Reports say [what] the function waits for. */
internal class WaitFuture(
    loop: SingleThreadLoop,
    private val what: Any,
) : Future<Unit>(loop) {
    override fun describeBriefly(): String = what.toString()
}
