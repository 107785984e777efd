package dev.tandem.javaapi;

import dev.tandem.Coroutine;
import dev.tandem.streams.TlsOptions;

/**
 * The two ends of one stream, made by {@link Streams#openConnection}; try-with-resources closes it.
 *
 * <p><b>Threading.</b> Loop thread only. <b>Python.</b> The pair that {@code asyncio.open_connection} returns.
 */
public final class Connection implements AutoCloseable {
  private final dev.tandem.streams.Connection connection;
  private final StreamReader reader;
  private final StreamWriter writer;

  Connection(dev.tandem.streams.Connection connection) {
    this.connection = connection;
    reader = new StreamReader(connection.getReader());
    writer = new StreamWriter(connection.getWriter());
  }

  /**
   * Returns the receiving end.
   *
   * @return the reader
   */
  public StreamReader reader() {
    return reader;
  }

  /**
   * Returns the sending end.
   *
   * @return the writer
   */
  public StreamWriter writer() {
    return writer;
  }

  /**
   * Turns the connection into a TLS one; see {@link StreamWriter#startTls(TlsOptions)}.
   *
   * @param options whom to trust, who to be
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> startTls(TlsOptions options) {
    return writer.startTls(options);
  }

  /**
   * Turns the connection into a TLS one; see {@link StreamWriter#startTls(TlsOptions, String)}.
   *
   * @param options whom to trust, who to be
   * @param serverName the name to verify; null for that of the options, or the host that was connected to
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> startTls(TlsOptions options, String serverName) {
    return writer.startTls(options, serverName);
  }

  /** Closes the stream; see {@link StreamWriter#close}. */
  @Override
  public void close() {
    connection.close();
  }

  /**
   * Returns the Kotlin connection, for code in Kotlin that shares it.
   *
   * @return what this is a face of
   */
  public dev.tandem.streams.Connection asKotlin() {
    return connection;
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
