package dev.tandem.javaapi.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/**
 * Virtual threads whose scheduler is ours. The JDK has them for its own tests and keeps the constructor to itself; it is
 * reached by name, where the JVM was started with the package open to us.
 */
final class SchedulableThreads {
  /** What opens the package: an option of {@code java}, and the line in the manifest of an executable jar. */
  private static final String HOW_TO_OPEN =
      "Start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED (on the module path: =dev.tandem.javaapi), or put "
          + "the line \"Add-Opens: java.base/java.lang\" into the manifest of an executable jar";

  private static final int FIRST_VERSION = 24;

  /** {@code (Executor) -> Thread.Builder}, or null. */
  private static final MethodHandle NEW_BUILDER;

  /** {@code (Thread.Builder, Runnable) -> Thread}, or null. */
  private static final MethodHandle UNSTARTED;

  /** Why there are none, and what would help; null if there are. */
  private static final String OBSTACLE;

  static {
    MethodHandle newBuilder = null;
    MethodHandle unstarted = null;
    String obstacle = null;
    if (Runtime.version().feature() < FIRST_VERSION) {
      // Before, a thread that holds a monitor could not leave the loop's thread.
      obstacle = "this JDK, " + Runtime.version() + ", is too old: run on JDK " + FIRST_VERSION
          + " or later";
    } else {
      try {
        Constructor<?> constructor = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
            .getDeclaredConstructor(Executor.class);
        if (constructor.trySetAccessible()) {
          var lookup = MethodHandles.lookup();
          newBuilder = lookup.unreflectConstructor(constructor);
          unstarted = MethodHandles.publicLookup()
              .unreflect(
                  Class.forName("java.lang.Thread$Builder").getMethod("unstarted", Runnable.class));
        } else {
          obstacle = "the package java.lang is closed to this library. " + HOW_TO_OPEN;
        }
      } catch (ReflectiveOperationException e) {
        obstacle = "this JDK, "
            + Runtime.version()
            + ", gives its virtual threads a scheduler in a way that is not known here ("
            + e
            + ")";
      }
    }
    NEW_BUILDER = newBuilder;
    UNSTARTED = unstarted;
    OBSTACLE = obstacle;
  }

  private SchedulableThreads() {}

  /** Returns what is missing and how to get it, or null if nothing is. */
  static String obstacle() {
    return OBSTACLE;
  }

  /** Returns a virtual thread, not started, that {@code scheduler} is given whenever it can run. */
  static Thread newThread(Executor scheduler, Runnable code) {
    try {
      return (Thread) UNSTARTED.invoke(NEW_BUILDER.invoke(scheduler), code);
    } catch (Throwable e) {
      throw Unchecked.raise(e);
    }
  }
}
