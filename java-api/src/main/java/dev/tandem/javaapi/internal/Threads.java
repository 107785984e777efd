package dev.tandem.javaapi.internal;

/** Waiting for threads to end. */
final class Threads {
  private Threads() {}

  /** Waits until {@code thread} has ended. An interrupt does not shorten that; the flag is set again afterwards. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
