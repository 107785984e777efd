package dev.tandem.javaapi.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ThreadFactory;

/** Virtual threads, reached by name since this module is compiled for JDK 17. Initialised on JDK 21 and later only. */
final class VirtualThreads {
  /** {@code Thread.ofVirtual().factory()}. */
  static final ThreadFactory FACTORY;

  /** {@code Thread.isVirtual()}. */
  private static final MethodHandle IS_VIRTUAL;

  static {
    try {
      var lookup = MethodHandles.publicLookup();
      Class<?> virtualBuilder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object builder = lookup
          .findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtualBuilder))
          .invoke();
      FACTORY = (ThreadFactory) lookup
          .findVirtual(
              Class.forName("java.lang.Thread$Builder"),
              "factory",
              MethodType.methodType(ThreadFactory.class))
          .invoke(builder);
      IS_VIRTUAL =
          lookup.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (Throwable e) {
      throw new IllegalStateException(
          "This JDK says it has virtual threads, but none can be made.", e);
    }
  }

  private VirtualThreads() {}

  /** Returns whether the calling thread is virtual. */
  static boolean isCurrent() {
    try {
      return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw Unchecked.raise(e);
    }
  }
}
