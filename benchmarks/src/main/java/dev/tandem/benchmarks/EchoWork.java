package dev.tandem.benchmarks;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a handler does with a message besides sending it back: as a rule nothing, else it hashes it as often as the system
 * property {@code echo.work} says. So the server is the bound and not the load generator, which uses as much processor
 * time for a message as an idle handler's server does.
 */
final class EchoWork {
  private static final int TIMES = Integer.getInteger("echo.work", 0);

  private final MessageDigest digest;

  EchoWork() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Works on what remains in {@code message}, whose position stays. */
  void on(ByteBuffer message) {
    for (int i = 0; i < TIMES; i++) {
      int start = message.position();
      digest.update(message);
      digest.digest();
      message.position(start);
    }
  }
}
