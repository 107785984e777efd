package dev.tandem.javaapi;

import dev.tandem.streams.TlsOptions;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How to connect, for {@link Streams#openConnection(String, int, ConnectOptions)} and its like. Options are never
 * changed: each {@code with...} returns a copy.
 *
 * <pre>{@code
 * var options = new ConnectOptions().withSsl(new TlsOptions()).withConnectTimeout(Duration.ofSeconds(5));
 * try (var connection = await(openConnection("example.org", 443, options))) {
 *   System.out.println(connection);
 * }
 * }</pre>
 *
 * <p><b>Threading.</b> Any thread. <b>Python.</b> The keyword arguments of {@code asyncio.open_connection}.
 */
public final class ConnectOptions {
  /** As many bytes as {@code readLine} and {@code readUntil} search for the separator: 64 KiB, as in asyncio. */
  private static final int LIMIT = 64 * 1024;

  private static final Duration HAPPY_EYEBALLS_DELAY = Duration.ofMillis(250);

  final TlsOptions ssl;
  final int limit;
  final InetSocketAddress localAddress;
  final Duration connectTimeout;
  final Duration happyEyeballsDelay;

  /** Plain TCP, a limit of 64 KiB, no local address, no time limit, 250 milliseconds between addresses. */
  public ConnectOptions() {
    this(null, LIMIT, null, null, HAPPY_EYEBALLS_DELAY);
  }

  private ConnectOptions(
      TlsOptions ssl,
      int limit,
      InetSocketAddress localAddress,
      Duration connectTimeout,
      Duration happyEyeballsDelay) {
    this.ssl = ssl;
    this.limit = limit;
    this.localAddress = localAddress;
    this.connectTimeout = connectTimeout;
    this.happyEyeballsDelay = happyEyeballsDelay;
  }

  /**
   * Uses TLS. The connection is the verified peer's or none at all.
   *
   * @param ssl {@code new TlsOptions()} to trust whom the JVM trusts; null for none
   * @return a copy of these options
   */
  public ConnectOptions withSsl(TlsOptions ssl) {
    return new ConnectOptions(ssl, limit, localAddress, connectTimeout, happyEyeballsDelay);
  }

  /**
   * Sets how many bytes {@link StreamReader#readLine} and {@link StreamReader#readUntil} search for the separator;
   * protocols have no such limit.
   *
   * @param bytes at least one
   * @return a copy of these options
   */
  public ConnectOptions withLimit(int bytes) {
    return new ConnectOptions(ssl, bytes, localAddress, connectTimeout, happyEyeballsDelay);
  }

  /**
   * Sets what the connection is to come from.
   *
   * @param address an address of this machine, with port 0 to leave the port to the system; an unresolved one is looked
   *     up. Not for Unix sockets
   * @return a copy of these options
   */
  public ConnectOptions withLocalAddress(InetSocketAddress address) {
    Objects.requireNonNull(address, "address");
    return new ConnectOptions(ssl, limit, address, connectTimeout, happyEyeballsDelay);
  }

  /**
   * Sets how long finding the address and connecting may take in all. A handshake of TLS has its own limit.
   *
   * @param limit more than zero
   * @return a copy of these options
   */
  public ConnectOptions withConnectTimeout(Duration limit) {
    Objects.requireNonNull(limit, "limit");
    return new ConnectOptions(ssl, this.limit, localAddress, limit, happyEyeballsDelay);
  }

  /**
   * Sets how long an address may be silent before the next one of the host is tried, too.
   *
   * @param delay null tries one after the other
   * @return a copy of these options
   */
  public ConnectOptions withHappyEyeballsDelay(Duration delay) {
    return new ConnectOptions(ssl, limit, localAddress, connectTimeout, delay);
  }

  /** Says that these options cannot be those of a connection to the Unix socket {@code path}, if so. */
  void checkForPath(Path path) {
    if (localAddress != null) {
      throw new IllegalArgumentException(
          "A connection to the Unix socket " + path + " cannot come from " + localAddress + ".");
    }
  }

  /** Says that these options cannot be those of a stream over {@code socket}, if so. */
  void checkForSocket(SocketChannel socket) {
    if (localAddress != null) {
      throw new IllegalArgumentException(
          socket + " is connected already, and cannot come from " + localAddress + ".");
    }
  }

  @Override
  public String toString() {
    return "ConnectOptions("
        + (ssl == null ? "no TLS" : ssl)
        + ", limit="
        + limit
        + ", localAddress="
        + localAddress
        + ", connectTimeout="
        + connectTimeout
        + ", happyEyeballsDelay="
        + happyEyeballsDelay
        + ")";
  }
}
