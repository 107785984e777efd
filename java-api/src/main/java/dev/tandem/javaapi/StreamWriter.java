package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import java.net.SocketAddress;

/**
 * The sending end of a stream.
 *
 * <p>{@link #write} never waits: what the system does not take is queued. A task that writes more than a little awaits
 * {@link #drain} in between.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> {@code asyncio.StreamWriter}.
 */
public final class StreamWriter implements AutoCloseable {
  private final dev.tandem.streams.StreamWriter writer;

  StreamWriter(dev.tandem.streams.StreamWriter writer) {
    this.writer = writer;
  }

  /**
   * Sends {@code bytes}, now or later; the caller may change the array at once. When the connection is lost or closed,
   * they are dropped: {@link #drain} tells.
   *
   * @param bytes what to send
   * @throws IllegalStateException after {@link #writeEof}
   */
  public void write(byte[] bytes) {
    writer.write(bytes);
  }

  /**
   * Waits while too much is queued.
   *
   * @return a coroutine; it fails with a {@link dev.tandem.streams.ConnectionResetException} if the connection is gone
   */
  public Coroutine<Void> drain() {
    return SuspendingCall.withoutResult("drain", writer::drain);
  }

  /**
   * Returns whether {@link #writeEof} can be used: not with TLS.
   *
   * @return whether this end can be closed alone
   */
  public boolean canWriteEof() {
    return writer.canWriteEof();
  }

  /**
   * Tells the peer that nothing more will come; reading goes on.
   *
   * @throws UnsupportedOperationException with TLS
   */
  public void writeEof() {
    writer.writeEof();
  }

  /** Closes the stream in both directions, once what was written is sent. A second call does nothing. */
  @Override
  public void close() {
    writer.close();
  }

  /**
   * Returns whether the stream is closed or about to be.
   *
   * @return whether {@link #close} was called, or the connection was lost
   */
  public boolean isClosing() {
    return writer.isClosing();
  }

  /**
   * Waits until the stream is closed; {@link #close} comes first.
   *
   * @return a coroutine; it fails with a {@link dev.tandem.streams.ConnectionResetException} if the connection was lost
   *     before everything was sent
   */
  public Coroutine<Void> waitClosed() {
    return SuspendingCall.withoutResult("waitClosed", writer::waitClosed);
  }

  /**
   * Returns the address of this end.
   *
   * @return the address, or null if the system does not tell
   */
  public SocketAddress localAddress() {
    return writer.getLocalAddress();
  }

  /**
   * Returns the address of the other end.
   *
   * @return the address, or null if the system does not tell
   */
  public SocketAddress remoteAddress() {
    return writer.getRemoteAddress();
  }

  @Override
  public String toString() {
    return writer.toString();
  }
}
