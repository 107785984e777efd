package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.streams.Datagram;
import dev.tandem.streams.UdpSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A UDP socket, made by {@link Transports#openDatagramEndpoint}; to be closed.
 *
 * <p>Nothing is queued on this side: a send that the system has no room for waits. One task at a time may receive.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> asyncio offers {@code create_datagram_endpoint} only, with
 * callbacks: {@link Transports#createDatagramEndpoint}.
 */
public final class DatagramEndpoint implements UdpSettings, AutoCloseable {
  private final dev.tandem.streams.DatagramEndpoint endpoint;

  DatagramEndpoint(dev.tandem.streams.DatagramEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * Waits for a datagram. A cancelled wait loses none.
   *
   * @return a coroutine, to be awaited; it fails with a {@link java.net.PortUnreachableException} if the endpoint is
   *     connected and nobody listens at the other end, and with a {@link java.net.SocketException} once this endpoint is
   *     closed
   */
  public Coroutine<Datagram> receive() {
    return CoroutineKt.coroutine("receive", k -> endpoint.receive(k));
  }

  /**
   * Waits for a datagram and puts it into {@code target}, from its position on; otherwise as {@link #receive}.
   *
   * @param target where to; a direct buffer with room for 64 KiB saves a copy
   * @return a coroutine for the sender's address; it fails with a {@link
   *     dev.tandem.streams.DatagramTooLargeException}, which has the datagram, if there is too little room
   */
  public Coroutine<InetSocketAddress> receiveInto(ByteBuffer target) {
    Objects.requireNonNull(target, "target");
    return CoroutineKt.coroutine("receiveInto", k -> endpoint.receiveInto(target, k));
  }

  /**
   * Sends a datagram to the peer that this endpoint is connected to; waits while the system's buffer is full.
   *
   * @param data what to send, at least one byte
   * @return a coroutine; it fails with an {@link IllegalStateException} if this endpoint is not connected, and with a
   *     {@link java.net.SocketException} if the system refuses
   */
  public Coroutine<Void> send(byte[] data) {
    Objects.requireNonNull(data, "data");
    return SuspendingCall.withoutResult("send", k -> endpoint.send(data, k));
  }

  /**
   * Sends what remains in {@code data}, and moves its position to the limit; otherwise as the overload with an array.
   *
   * @param data what to send
   * @return a coroutine
   */
  public Coroutine<Void> send(ByteBuffer data) {
    Objects.requireNonNull(data, "data");
    return SuspendingCall.withoutResult("send", k -> endpoint.send(data, k));
  }

  /**
   * Sends a datagram to {@code address}; otherwise as the overload for connected endpoints.
   *
   * @param data what to send
   * @param address where to; one that is only a name yet is looked up on a thread of the loop's pool
   * @return a coroutine; it fails with an {@link IllegalArgumentException} if this endpoint is connected to another
   *     address, or has an IPv4 address and {@code address} is of IPv6
   */
  public Coroutine<Void> send(byte[] data, InetSocketAddress address) {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(address, "address");
    return SuspendingCall.withoutResult("send", k -> endpoint.send(data, address, k));
  }

  /**
   * Sends what remains in {@code data} to {@code address}, and moves the position of {@code data} to the limit.
   *
   * @param data what to send
   * @param address where to
   * @return a coroutine
   */
  public Coroutine<Void> send(ByteBuffer data, InetSocketAddress address) {
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(address, "address");
    return SuspendingCall.withoutResult("send", k -> endpoint.send(data, address, k));
  }

  /**
   * Returns whether {@link #close} was called.
   *
   * @return whether this endpoint is closed
   */
  public boolean isClosing() {
    return endpoint.isClosing();
  }

  /** Closes the endpoint at once; a task that waits to receive or to send gets a {@code SocketException}. */
  @Override
  public void close() {
    endpoint.close();
  }

  /**
   * Returns the Kotlin endpoint, for code in Kotlin that shares it.
   *
   * @return what this is a face of
   */
  public dev.tandem.streams.DatagramEndpoint asKotlin() {
    return endpoint;
  }

  @Override
  public InetSocketAddress getLocalAddress() {
    return endpoint.getLocalAddress();
  }

  @Override
  public InetSocketAddress getRemoteAddress() {
    return endpoint.getRemoteAddress();
  }

  @Override
  public boolean getBroadcast() {
    return endpoint.getBroadcast();
  }

  @Override
  public void setBroadcast(boolean allowed) {
    endpoint.setBroadcast(allowed);
  }

  @Override
  public int getMulticastTimeToLive() {
    return endpoint.getMulticastTimeToLive();
  }

  @Override
  public void setMulticastTimeToLive(int routers) {
    endpoint.setMulticastTimeToLive(routers);
  }

  @Override
  public boolean getMulticastLoopback() {
    return endpoint.getMulticastLoopback();
  }

  @Override
  public void setMulticastLoopback(boolean heard) {
    endpoint.setMulticastLoopback(heard);
  }

  @Override
  public NetworkInterface getMulticastInterface() {
    return endpoint.getMulticastInterface();
  }

  @Override
  public void setMulticastInterface(NetworkInterface networkInterface) {
    endpoint.setMulticastInterface(networkInterface);
  }

  @Override
  public void join(InetAddress group, NetworkInterface networkInterface, InetAddress source) {
    endpoint.join(group, networkInterface, source);
  }

  @Override
  public boolean leave(InetAddress group, NetworkInterface networkInterface, InetAddress source) {
    return endpoint.leave(group, networkInterface, source);
  }

  @Override
  public <T> T getOption(SocketOption<T> option) {
    return endpoint.getOption(option);
  }

  @Override
  public <T> void setOption(SocketOption<T> option, T value) {
    endpoint.setOption(option, value);
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
