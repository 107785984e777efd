package dev.tandem.javaapi;

import dev.tandem.Coroutine;

/** Sends the body of a request piece by piece; see {@link ClientRequest#stream}. */
public final class BodyWriter {
  private final dev.tandem.http.BodyWriter writer;

  BodyWriter(dev.tandem.http.BodyWriter writer) {
    this.writer = writer;
  }

  /**
   * Sends {@code bytes}; waits while the server does not keep up.
   *
   * @param bytes the next piece
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> write(byte[] bytes) {
    return SuspendingCall.withoutResult("write", k -> writer.write(bytes, k));
  }

  /**
   * Sends {@code text} in UTF-8; waits while the server does not keep up.
   *
   * @param text the next piece
   * @return a coroutine, to be awaited
   */
  public Coroutine<Void> write(String text) {
    return SuspendingCall.withoutResult("write", k -> writer.write(text, k));
  }
}
