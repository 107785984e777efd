package dev.tandem.javaapi;

/** What a server does with a connection, see {@link Streams#startServer}. */
@FunctionalInterface
public interface ConnectionHandler {
  /**
   * Serves one connection, in a task of its own; the connection is closed when this returns.
   *
   * @param reader the receiving end
   * @param writer the sending end
   * @throws Exception whatever goes wrong; it is reported to the loop's exception handler
   */
  void handle(StreamReader reader, StreamWriter writer) throws Exception;
}
