package dev.tandem.javaapi;

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

  /** Closes the stream; see {@link StreamWriter#close}. */
  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}
