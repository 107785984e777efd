package dev.tandem.javaapi;

import dev.tandem.javaapi.internal.Unchecked;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;

/** Runs code inside a static initialiser, where a virtual thread is pinned: each time that of a class made anew. */
final class StaticInitialiser {
  private static VoidCallable code;
  private static Throwable failure;

  private StaticInitialiser() {}

  /** Runs {@code body} and throws what it throws, itself. One at a time. */
  static void run(VoidCallable body) {
    code = body;
    failure = null;
    try (InputStream bytes =
        StaticInitialiser.class.getResourceAsStream("StaticInitialiser$Initialised.class")) {
      MethodHandles.lookup().defineHiddenClass(bytes.readAllBytes(), true);
    } catch (IOException | IllegalAccessException e) {
      throw new AssertionError(e);
    }
    if (failure != null) {
      throw Unchecked.raise(failure);
    }
  }

  static void runBody() {
    try {
      code.call();
    } catch (Throwable e) {
      failure = e;
    }
  }

  /** Only its bytes are used. */
  private static final class Initialised {
    static {
      runBody();
    }
  }
}
