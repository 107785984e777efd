package dev.tandem.javaapi.internal;

/**
 * Unwinds Java code that stands in an {@code await} when its loop is closed, so that its {@code finally} blocks run and
 * its thread ends; what {@code GeneratorExit} is in Python.
 */
final class CoroutineAbandonedError extends Error {
  private static final long serialVersionUID = 1L;

  CoroutineAbandonedError() {
    super("The loop was closed while this code was waiting in an await.", null, false, false);
  }
}
