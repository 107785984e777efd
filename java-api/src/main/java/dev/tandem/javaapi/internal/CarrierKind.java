package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;

/** The kinds of threads that Java code of tasks can run on, cheapest first, and the choice between them. */
public enum CarrierKind {
  /** Virtual threads mounted on the loop's own thread: JDK 24 and later, where {@code java.lang} is open to us. */
  MOUNTED {
    @Override
    String obstacle() {
      return SchedulableThreads.obstacle();
    }

    @Override
    Carriers carriersOf(SingleThreadLoop loop) {
      if (!VirtualThreads.isCurrent()) {
        return new MountedCarriers(loop);
      }
      if (forced() == this) {
        throw cannotBeHad(
            "its loop runs on a virtual thread, and one virtual thread cannot be mounted on another. Run "
                + "the loop on a platform thread, as Asyncio.run does");
      }
      return VIRTUAL.carriersOf(loop);
    }

    /** For the loop itself. */
    @Override
    ThreadFactory threads() {
      return PLATFORM.threads();
    }
  },

  /** Virtual threads, which cost too little to be kept: JDK 21 and later. */
  VIRTUAL {
    @Override
    String obstacle() {
      return Runtime.version().feature() >= 21
          ? null
          : "this JDK, " + Runtime.version() + ", does not have them: run on JDK 21 or later";
    }

    @Override
    Carriers carriersOf(SingleThreadLoop loop) {
      return new BatonCarriers(loop, threads(), 0);
    }

    @Override
    ThreadFactory threads() {
      return VirtualThreads.FACTORY;
    }
  },

  /** Platform threads, pooled for each loop: any JDK. */
  PLATFORM {
    /** Threads over this number end when their code does: a burst of tasks is not paid for until the loop closes. */
    private static final int MAX_IDLE = 256;

    @Override
    String obstacle() {
      return null;
    }

    @Override
    Carriers carriersOf(SingleThreadLoop loop) {
      return new BatonCarriers(loop, threads(), MAX_IDLE);
    }

    @Override
    ThreadFactory threads() {
      return code -> {
        Thread thread = new Thread(code);
        thread.setDaemon(true);
        return thread;
      };
    }
  };

  /** The system property that forces one kind. */
  public static final String PROPERTY = "tandem.carrier";

  /** Returns what this JVM lacks for this kind and how to get it, or null if it lacks nothing. */
  abstract String obstacle();

  abstract Carriers carriersOf(SingleThreadLoop loop);

  /** Makes threads of this kind; none of them keeps the JVM running. */
  abstract ThreadFactory threads();

  /** Makes the threads of loops whose tasks have carriers of this kind; none of them keeps the JVM running. */
  public ThreadFactory loopThreads() {
    return threads();
  }

  /** Returns whether this JVM has what this kind needs. */
  public boolean isAvailable() {
    return obstacle() == null;
  }

  /**
   * Returns the kind that {@link #PROPERTY} names, or else the cheapest that this JVM has.
   *
   * @throws IllegalArgumentException if the property names none
   * @throws UnsupportedOperationException if it names one that this JVM cannot have
   */
  public static CarrierKind chosen() {
    CarrierKind forced = forced();
    if (forced == null) {
      return MOUNTED.isAvailable() ? MOUNTED : VIRTUAL.isAvailable() ? VIRTUAL : PLATFORM;
    }
    if (!forced.isAvailable()) {
      throw forced.cannotBeHad(forced.obstacle());
    }
    return forced;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static CarrierKind forced() {
    String name = System.getProperty(PROPERTY);
    if (name == null) {
      return null;
    }
    for (CarrierKind kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("The system property "
        + PROPERTY
        + " is \""
        + name
        + "\". It may be \"platform\", \"virtual\" or \"mounted\"; without it, tasks get the cheapest threads that "
        + "this JVM has.");
  }

  UnsupportedOperationException cannotBeHad(String obstacle) {
    return new UnsupportedOperationException("The system property "
        + PROPERTY
        + " asks for "
        + this
        + " threads, but "
        + obstacle
        + ". Without the property, tasks get the cheapest threads that this JVM has.");
  }
}
