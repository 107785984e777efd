package dev.tandem.javaapi;

import java.net.InetSocketAddress;
import java.net.ProtocolFamily;

/**
 * How to open a UDP socket. Options are never changed: each {@code with...} returns a copy.
 *
 * <p><b>Threading.</b> Any thread. <b>Python.</b> The keyword arguments of {@code create_datagram_endpoint}.
 *
 * <pre>{@code
 * new DatagramOptions().withLocalAddress(new InetSocketAddress(5353)).withReusePort(true)
 * }</pre>
 */
public final class DatagramOptions {
  final InetSocketAddress localAddress;
  final InetSocketAddress remoteAddress;
  final boolean reusePort;
  final boolean broadcast;
  final ProtocolFamily family;

  /** Lets the system choose the port, and is connected to nobody. */
  public DatagramOptions() {
    this(null, null, false, false, null);
  }

  private DatagramOptions(
      InetSocketAddress localAddress,
      InetSocketAddress remoteAddress,
      boolean reusePort,
      boolean broadcast,
      ProtocolFamily family) {
    this.localAddress = localAddress;
    this.remoteAddress = remoteAddress;
    this.reusePort = reusePort;
    this.broadcast = broadcast;
    this.family = family;
  }

  /**
   * Returns options with this address to receive at.
   *
   * @param address an address of this machine; null, or port 0, lets the system choose
   * @return a copy
   */
  public DatagramOptions withLocalAddress(InetSocketAddress address) {
    return new DatagramOptions(address, remoteAddress, reusePort, broadcast, family);
  }

  /**
   * Returns options with this peer, the only one to send to and to receive from.
   *
   * @param address the peer's address; null to talk to everybody
   * @return a copy
   */
  public DatagramOptions withRemoteAddress(InetSocketAddress address) {
    return new DatagramOptions(localAddress, address, reusePort, broadcast, family);
  }

  /**
   * Returns options that share the port, or not, with other sockets that say the same.
   *
   * @param reuse whether to share it
   * @return a copy
   */
  public DatagramOptions withReusePort(boolean reuse) {
    return new DatagramOptions(localAddress, remoteAddress, reuse, broadcast, family);
  }

  /**
   * Returns options that allow, or not, to send to broadcast addresses.
   *
   * @param allowed whether it is allowed
   * @return a copy
   */
  public DatagramOptions withBroadcast(boolean allowed) {
    return new DatagramOptions(localAddress, remoteAddress, reusePort, allowed, family);
  }

  /**
   * Returns options for IPv4 or IPv6 only.
   *
   * @param wanted {@link java.net.StandardProtocolFamily#INET} or {@code INET6}; null follows from the addresses
   * @return a copy
   */
  public DatagramOptions withFamily(ProtocolFamily wanted) {
    return new DatagramOptions(localAddress, remoteAddress, reusePort, broadcast, wanted);
  }

  @Override
  public String toString() {
    return "DatagramOptions(" + localAddress + " to " + remoteAddress + ")";
  }
}
