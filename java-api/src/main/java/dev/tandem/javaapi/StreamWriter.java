package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.CoroutineKt;
import dev.tandem.streams.TlsOptions;
import dev.tandem.streams.TlsSession;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

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
   * Sends a part of {@code bytes}; otherwise as {@link #write(byte[])}.
   *
   * @param bytes what to send
   * @param offset the index of the first byte
   * @param length how many
   */
  public void write(byte[] bytes, int offset, int length) {
    writer.write(bytes, offset, length);
  }

  /**
   * Sends what remains in {@code bytes} and moves its position to the limit; a direct buffer saves a copy.
   *
   * @param bytes what to send
   */
  public void write(ByteBuffer bytes) {
    writer.write(bytes);
  }

  /**
   * Sends all of {@code lines}, one after the other. Nothing is added to them; small ones are sent together.
   *
   * @param lines what to send
   */
  public void writeLines(Iterable<byte[]> lines) {
    writer.writeLines(lines);
  }

  /**
   * Opens {@code path}, sends it, and closes it; otherwise as {@link #sendFile(FileChannel, long, long)}.
   *
   * @param path the file
   * @return a coroutine for the number of bytes
   */
  public Coroutine<Long> sendFile(Path path) {
    return sendFile(path, 0, Long.MAX_VALUE);
  }

  /**
   * Opens {@code path}, sends a part of it, and closes it; otherwise as {@link #sendFile(FileChannel, long, long)}.
   *
   * @param path the file
   * @param offset where in the file to begin
   * @param count how many bytes at most
   * @return a coroutine for the number of bytes; it fails with a {@link java.nio.file.NoSuchFileException} if there is no
   *     such file
   */
  public Coroutine<Long> sendFile(Path path, long offset, long count) {
    Objects.requireNonNull(path, "path");
    return CoroutineKt.coroutine("sendFile", k -> writer.sendFile(path, offset, count, k));
  }

  /**
   * Sends {@code count} bytes of {@code file} from {@code offset} on, or as many as there are, after what was written
   * before. Without TLS, they go from the file to the network inside the system, uncopied. Nothing else can be written
   * meanwhile.
   *
   * <p><b>Cancellation.</b> The file stays open; a part of it was sent. <b>Python.</b> {@code loop.sendfile}.
   *
   * @param file stays open and where it is
   * @param offset where in the file to begin
   * @param count how many bytes at most
   * @return a coroutine for the number of bytes that were sent; it fails with a {@link
   *     dev.tandem.streams.ConnectionResetException} if the connection is gone, and with another {@link
   *     java.io.IOException} if the file cannot be read
   */
  public Coroutine<Long> sendFile(FileChannel file, long offset, long count) {
    Objects.requireNonNull(file, "file");
    return CoroutineKt.coroutine("sendFile", k -> writer.sendFile(file, offset, count, k));
  }

  /**
   * Returns how many bytes wait to be sent.
   *
   * @return the number of bytes
   */
  public int writeBufferSize() {
    return writer.writeBufferSize();
  }

  /**
   * Makes {@link #drain} wait above {@code high} queued bytes, until there are a quarter of that or fewer.
   *
   * @param high the high water mark; 64 KiB at first
   */
  public void setWriteBufferLimits(int high) {
    writer.setWriteBufferLimits(high);
  }

  /**
   * Makes {@link #drain} wait above {@code high} queued bytes, until there are {@code low} or fewer.
   *
   * @param high the high water mark; 64 KiB at first
   * @param low the low one; 16 KiB at first
   */
  public void setWriteBufferLimits(int high, int low) {
    writer.setWriteBufferLimits(high, low);
  }

  /**
   * Returns the value of a socket's {@code option}, of {@link java.net.StandardSocketOptions}.
   *
   * @param option which
   * @param <T> the type of its value
   * @return the value, or null if it has none
   * @throws UnsupportedOperationException if such sockets do not have the option
   * @throws IOException if the stream is closed
   */
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return writer.getOption(option);
  }

  /**
   * Sets a socket's {@code option}; {@code TCP_NODELAY} is set from the start.
   *
   * @param option which
   * @param value its new value
   * @param <T> the type of its value
   * @throws UnsupportedOperationException if such sockets do not have the option
   * @throws IOException if the stream is closed
   */
  public <T> void setOption(SocketOption<T> option, T value) throws IOException {
    writer.setOption(option, value);
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

  /** Closes the stream now; what is queued is dropped. */
  public void abort() {
    writer.abort();
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
   * Returns what TLS has agreed upon. <b>Python.</b> {@code get_extra_info("ssl_object")}.
   *
   * @return the session, or null without TLS
   */
  public TlsSession tls() {
    return writer.getTls();
  }

  /**
   * Turns the open connection into a TLS one, as protocols do after a command such as {@code STARTTLS}; the side that
   * accepted the connection is TLS's server. Both ends of the stream go on as they were.
   *
   * <p>Everything that came before must have been read: plain text beyond the command is an error, since somebody may
   * have slipped it in. A failure, or a cancellation, closes the connection. <b>Python.</b> {@code start_tls}.
   *
   * @param options whom to trust, who to be
   * @return a coroutine, to be awaited; it fails as that of {@link Streams#openConnection} does
   */
  public Coroutine<Void> startTls(TlsOptions options) {
    return startTls(options, null);
  }

  /**
   * Turns the open connection into a TLS one; otherwise as the overload without a name.
   *
   * @param options whom to trust, who to be
   * @param serverName client: the name to verify; null for that of the options, or the host that was connected to
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> startTls(TlsOptions options, String serverName) {
    Objects.requireNonNull(options, "options");
    return SuspendingCall.withoutResult(
        "startTls", k -> writer.startTls(options, serverName, null, k));
  }

  /**
   * Turns the open connection into a TLS one, on the side of TLS that is told.
   *
   * @param options whom to trust, who to be
   * @param serverName client: the name to verify; null for that of the options, or the host that was connected to
   * @param serverSide whether this side is TLS's server, whoever has opened the connection
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> startTls(TlsOptions options, String serverName, boolean serverSide) {
    Objects.requireNonNull(options, "options");
    return SuspendingCall.withoutResult(
        "startTls", k -> writer.startTls(options, serverName, serverSide, k));
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

  /**
   * Returns the Kotlin writer, for code in Kotlin that shares it.
   *
   * @return what this is a face of
   */
  public dev.tandem.streams.StreamWriter asKotlin() {
    return writer;
  }

  @Override
  public String toString() {
    return writer.toString();
  }
}
