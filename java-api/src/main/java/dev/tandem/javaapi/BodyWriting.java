package dev.tandem.javaapi;

/** Writes the body of a request; see {@link ClientRequest#stream}. */
@FunctionalInterface
public interface BodyWriting {
  /**
   * Writes the body, in a task: it may await.
   *
   * @param writer where to
   * @throws Exception whatever goes wrong; it fails the request
   */
  void write(BodyWriter writer) throws Exception;
}
