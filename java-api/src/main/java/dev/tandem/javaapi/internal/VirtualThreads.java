package dev.tandem.javaapi.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;

/** Virtual threads, reached by name since this module is compiled for JDK 17. Initialised on JDK 21 and later only. */
final class VirtualThreads {
  /** {@code Thread.ofVirtual().factory()}. */
  static final ThreadFactory FACTORY = factory();

  private VirtualThreads() {}

  private static ThreadFactory factory() {
    try {
      var lookup = MethodHandles.publicLookup();
      Class<?> virtualBuilder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object builder = lookup
          .findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtualBuilder))
          .invoke();
      return (ThreadFactory) lookup
          .findVirtual(
              Class.forName("java.lang.Thread$Builder"),
              "factory",
              MethodType.methodType(ThreadFactory.class))
          .invoke(builder);
    } catch (Throwable e) {
      throw new IllegalStateException(
          "This JDK says it has virtual threads, but none can be made.", e);
    }
  }
}
