package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;

/**
 * The carriers of one loop, all of one kind; closed with the loop.
 *
 * <p>Owner: whoever has the loop's turn.
 */
interface Carriers extends AutoCloseable {
  /** Returns the carriers of {@code loop}, of the kind that is chosen when it first needs one. */
  static Carriers of(SingleThreadLoop loop) {
    return loop.attachment(Carriers.class, () -> CarrierKind.chosen().carriersOf(loop));
  }

  /** Returns a carrier that runs {@code code} once it is resumed. {@code code} throws nothing. */
  Carrier carry(String name, Runnable code);

  /** Ends all threads. Code that still waits on one is unwound, without the turn, one after the other. */
  @Override
  void close();
}
