package dev.tandem.javaapi.internal;

import dev.tandem.internal.SingleThreadLoop;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;

/** The kinds of threads that Java code of tasks can run on, and the choice between them. */
public enum CarrierKind {
  /** Platform threads, pooled for each loop: any JDK. */
  PLATFORM {
    /** Threads over this number end when their code does: a burst of tasks is not paid for until the loop closes. */
    private static final int MAX_IDLE = 256;

    @Override
    public boolean isAvailable() {
      return true;
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
  },

  /** Virtual threads, which cost too little to be kept: JDK 21 and later. */
  VIRTUAL {
    @Override
    public boolean isAvailable() {
      return Runtime.version().feature() >= 21;
    }

    @Override
    Carriers carriersOf(SingleThreadLoop loop) {
      return new BatonCarriers(loop, threads(), 0);
    }

    @Override
    ThreadFactory threads() {
      return VirtualThreads.FACTORY;
    }
  };

  /** The system property that forces one kind. */
  public static final String PROPERTY = "tandem.carrier";

  /** Returns whether this JVM has what this kind needs. */
  public abstract boolean isAvailable();

  abstract Carriers carriersOf(SingleThreadLoop loop);

  /** Makes threads of this kind; none of them keeps the JVM running. */
  abstract ThreadFactory threads();

  /**
   * Returns the kind that {@link #PROPERTY} names, or else the cheapest that this JVM has.
   *
   * @throws IllegalArgumentException if the property names none
   * @throws UnsupportedOperationException if it names one that this JVM cannot have
   */
  public static CarrierKind chosen() {
    String forced = System.getProperty(PROPERTY);
    if (forced == null) {
      return VIRTUAL.isAvailable() ? VIRTUAL : PLATFORM;
    }
    return switch (forced) {
      case "platform" -> PLATFORM;
      case "virtual" -> virtualIfAvailable();
      default ->
        throw new IllegalArgumentException("The system property "
            + PROPERTY
            + " is \""
            + forced
            + "\". It may be \"platform\" or \"virtual\"; without it, tasks get the cheapest threads that this "
            + "JVM has.");
    };
  }

  private static CarrierKind virtualIfAvailable() {
    if (VIRTUAL.isAvailable()) {
      return VIRTUAL;
    }
    throw new UnsupportedOperationException(
        "The system property "
            + PROPERTY
            + " asks for virtual threads, which this JDK, "
            + Runtime.version()
            + ", does not have. Run on JDK 21 or later, or leave the property out: tasks then run on platform threads.");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
