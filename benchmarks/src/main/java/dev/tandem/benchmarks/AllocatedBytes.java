package dev.tandem.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the threads of another Java process have allocated so far, as {@code jcmd} tells it: by the megabyte, which over
 * some seconds of messages is a few bytes for each.
 */
final class AllocatedBytes {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final Pattern ALLOCATED = Pattern.compile(" allocated=(\\d+)([BKMG])");

  private AllocatedBytes() {}

  static long of(ProcessHandle process) throws IOException {
    var jcmd = new ProcessBuilder(
            JCMD.toString(), Long.toString(process.pid()), "Thread.print", "-e")
        .redirectErrorStream(true)
        .start();
    String threads = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return ALLOCATED
        .matcher(threads)
        .results()
        .mapToLong(thread -> Long.parseLong(thread.group(1)) * unit(thread.group(2)))
        .sum();
  }

  private static long unit(String name) {
    return 1L << (10 * "BKMG".indexOf(name));
  }
}
