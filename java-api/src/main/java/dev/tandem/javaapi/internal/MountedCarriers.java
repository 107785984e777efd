package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The mounted carriers of one loop: a thread each, which costs too little to be kept.
 *
 * <p>Owner: whoever has the loop's turn.
 */
final class MountedCarriers implements Carriers {
  private final SingleThreadLoop loop;

  /** Those whose code has not ended. */
  private final Set<MountedCarrier> alive = new HashSet<>();

  MountedCarriers(SingleThreadLoop loop) {
    this.loop = loop;
  }

  @Override
  public Carrier carry(String name, Runnable code) {
    var carrier = new MountedCarrier(this, loop, name, code);
    alive.add(carrier);
    return carrier;
  }

  void forget(MountedCarrier carrier) {
    alive.remove(carrier);
  }

  @Override
  public void close() {
    List.copyOf(alive).forEach(MountedCarrier::abandon);
  }
}
