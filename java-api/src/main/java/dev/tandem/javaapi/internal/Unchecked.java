package dev.tandem.javaapi.internal;

/** Throws checked exceptions where the language does not let them through: whoever awaits gets them as they are. */
public final class Unchecked {
  private Unchecked() {}

  /** Throws {@code exception} itself. Declared to return, so that a caller can write {@code throw raise(e)}. */
  public static RuntimeException raise(Throwable exception) {
    throw Unchecked.<RuntimeException>as(exception);
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X as(Throwable exception) throws X {
    throw (X) exception;
  }
}
