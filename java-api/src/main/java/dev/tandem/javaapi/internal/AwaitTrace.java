package dev.tandem.javaapi.internal;

import dev.tandem.internal.Cycle;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the stack trace of what an {@code await} throws tell the whole story: where it failed, and below that, for each
 * task that it has passed through, where that task awaited it.
 *
 * <p>What stands below an entry of the loop is left out: it says how the loop came to run the code, and where another
 * task lends the loop its thread, it is that other task's.
 */
final class AwaitTrace {
  /** Awaited again and again, an exception that is kept must not grow without end. */
  private static final int MAX_FRAMES = 300;

  private AwaitTrace() {}

  /** Adds the calling code, part of the task {@code taskName}, to the trace of {@code failure}; returns that. */
  static <X extends Throwable> X extend(X failure, String taskName) {
    StackTraceElement[] trace = failure.getStackTrace();
    if (trace.length < MAX_FRAMES) {
      var frames = new ArrayList<StackTraceElement>();
      addCode(frames, trace);
      frames.add(new StackTraceElement("awaited", "by", taskName, -1));
      addCode(frames, new Throwable().getStackTrace());
      failure.setStackTrace(frames.toArray(StackTraceElement[]::new));
    }
    return failure;
  }

  /** Adds the frames of {@code trace} that are not ours, down to where the loop or a carrier called the code. */
  private static void addCode(List<StackTraceElement> frames, StackTraceElement[] trace) {
    for (StackTraceElement frame : trace) {
      if (isBottom(frame)) {
        return;
      }
      if (!isOurs(frame)) {
        frames.add(frame);
      }
    }
  }

  private static boolean isBottom(StackTraceElement frame) {
    return frame.getClassName().equals(Cycle.class.getName())
        || frame.getClassName().equals(JavaCall.class.getName());
  }

  private static boolean isOurs(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("dev.tandem.internal.")
        || name.startsWith("dev.tandem.javaapi.internal.")
        || name.equals("dev.tandem.javaapi.Asyncio") && frame.getMethodName().equals("await");
  }
}
