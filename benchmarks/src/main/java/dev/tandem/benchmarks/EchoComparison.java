package dev.tandem.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures several echo servers in turn and prints one table.
 *
 * <p>The rounds of the servers alternate, since a machine's speed drifts: a ratio is taken within
 * each round, and what is printed is the median over the rounds. Only the server that is measured
 * may run; the others are stopped, or what they do after their own turn would slow it down.
 *
 * <p>Arguments: connections, message size, seconds, warm-up seconds, rounds, then for each server
 * {@code name:port:pid}.
 */
final class EchoComparison {
  private static final String TLS = "-tls";
  private static final List<String> BASELINES = List.of("netty", "ktor");

  private final Map<String, EchoLoad> loads = new LinkedHashMap<>();
  private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();
  private final Map<String, List<EchoLoad.Result>> results = new LinkedHashMap<>();
  private final Map<String, String> failures = new LinkedHashMap<>();

  public static void main(String[] args) {
    var comparison = new EchoComparison();
    int connections = Integer.parseInt(args[0]);
    int size = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    double warmUp = Double.parseDouble(args[3]);
    int rounds = Integer.parseInt(args[4]);
    for (String server : Arrays.asList(args).subList(5, args.length)) {
      comparison.add(server.split(":"), connections, size);
    }
    comparison.processes.values().forEach(process -> signal(process, "STOP"));

    for (int round = 1; round <= rounds; round++) {
      System.err.printf("round %d of %d%n", round, rounds);
      comparison.measureAll(warmUp, seconds);
    }
    System.out.printf(
        Locale.ROOT,
        "%nEcho: %d connections, %d bytes, closed loop; JDK %s, TCP %s; median of %d rounds of %s s.%n",
        connections,
        size,
        System.getProperty("java.version"),
        congestionControl(),
        rounds,
        args[2]);
    comparison.printTable();
    System.exit(comparison.failures.isEmpty() ? 0 : 1);
  }

  private void add(String[] server, int connections, int size) {
    String name = server[0];
    ProcessHandle.of(Long.parseLong(server[2]))
        .ifPresentOrElse(
            process -> {
              processes.put(name, process);
              loads.put(
                  name,
                  new EchoLoad(
                      process,
                      Integer.parseInt(server[1]),
                      connections,
                      size,
                      name.endsWith(TLS) ? TlsWire.context() : null));
              results.put(name, new ArrayList<>());
            },
            () -> failures.put(name, "its process has ended"));
  }

  private void measureAll(double warmUp, double seconds) {
    loads.forEach((name, load) -> {
      if (failures.containsKey(name)) return;
      signal(processes.get(name), "CONT");
      try {
        EchoLoad.Result result = load.run(warmUp, seconds);
        results.get(name).add(result);
        System.err.printf(
            Locale.ROOT,
            "  %-10s %,9.0f requests/s %8.2f us CPU/message%n",
            name,
            result.requestsPerSecond(),
            result.cpuMicros());
      } catch (IOException e) {
        failures.put(name, e.getMessage() == null ? e.toString() : e.getMessage());
      } finally {
        signal(processes.get(name), "STOP");
      }
    });
  }

  private static void signal(ProcessHandle process, String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("Cannot send the signal " + signal, e);
    }
  }

  /** How the system paces what it sends: what large messages measure depends on it. */
  private static String congestionControl() {
    try {
      return Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control"))
          .strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private void printTable() {
    System.out.printf(
        "%n%-10s %12s %9s %9s %11s %10s %8s %8s%n",
        "server", "requests/s", "p50 us", "p99 us", "CPU us/msg", "alloc/msg", "x netty", "x ktor");
    results.forEach((name, rounds) -> {
      if (failures.containsKey(name)) return;
      System.out.printf(
          Locale.ROOT,
          "%-10s %,12.0f %9.0f %9.0f %11.2f %,10.0f %8s %8s%n",
          name,
          median(rounds, EchoLoad.Result::requestsPerSecond),
          median(rounds, EchoLoad.Result::p50Micros),
          median(rounds, EchoLoad.Result::p99Micros),
          median(rounds, EchoLoad.Result::cpuMicros),
          median(rounds, EchoLoad.Result::allocatedBytes),
          ratio(name, rounds, BASELINES.get(0)),
          ratio(name, rounds, BASELINES.get(1)));
    });
    failures.forEach((name, reason) -> System.out.printf("%-10s failed: %s%n", name, reason));
  }

  /** With TLS the baseline is the one with TLS. */
  private String ratio(String name, List<EchoLoad.Result> rounds, String plain) {
    String baseline = name.endsWith(TLS) ? plain + TLS : plain;
    List<EchoLoad.Result> others = results.get(baseline);
    if (others == null || failures.containsKey(baseline)) return "-";
    double[] ratios = new double[rounds.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = rounds.get(i).requestsPerSecond() / others.get(i).requestsPerSecond();
    }
    return String.format(Locale.ROOT, "%.2f", median(ratios));
  }

  private static double median(List<EchoLoad.Result> rounds, ToDoubleFunction<EchoLoad.Result> of) {
    return median(rounds.stream().mapToDouble(of).toArray());
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
