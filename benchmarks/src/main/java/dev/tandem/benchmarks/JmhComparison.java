package dev.tandem.benchmarks;

import dev.tandem.javaapi.internal.CarrierKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks of one class in several rounds and prints one table, with ratios to one of them.
 *
 * <p>A machine's speed drifts: a ratio is taken within each round, between benchmarks that run one after the other, and
 * what is printed is the median over the rounds, with the smallest and the largest.
 *
 * <p>Arguments: what to measure, rounds, seconds, warm-up seconds, a file for what JMH says, then the values of the
 * parameter; without any, all that this JVM has.
 */
final class JmhComparison {
  private static final int ITERATION_MILLIS = 250;
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Subject subject;
  private final Map<String, Map<String, List<Score>>> scores = new LinkedHashMap<>();

  /** What can be measured: a class with one parameter, and the method that its others are compared with. */
  private record Subject(
      String title, Class<?> benchmarks, String parameter, List<String> values, String baseline) {}

  /** What a round came to, for one operation. */
  private record Score(double nanos, double cpuNanos, double bytes) {}

  private JmhComparison(Subject subject) {
    this.subject = subject;
  }

  public static void main(String[] args) {
    if (JmhComparison.class.desiredAssertionStatus()) {
      System.err.println("Assertions are on (-ea), and kotlinx would run in its debug mode.");
      System.exit(2);
    }
    Subject subject = subject(args[0]);
    int rounds = Integer.parseInt(args[1]);
    List<String> chosen = Arrays.asList(args).subList(5, args.length);
    if (!subject.values.containsAll(chosen)) {
      System.err.printf("On this JDK, %s can be one of %s.%n", subject.parameter, subject.values);
      System.exit(2);
    }
    Options options = new OptionsBuilder()
        .include("\\." + subject.benchmarks.getSimpleName() + "\\.")
        .forks(1)
        .warmupTime(TimeValue.milliseconds(ITERATION_MILLIS))
        .warmupIterations(iterations(args[3]))
        .measurementTime(TimeValue.milliseconds(ITERATION_MILLIS))
        .measurementIterations(iterations(args[2]))
        .addProfiler(CpuTime.class)
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .output(args[4])
        .build();

    var comparison = new JmhComparison(subject);
    try {
      for (int round = 1; round <= rounds; round++) {
        System.err.printf("round %d of %d%n", round, rounds);
        for (String value : chosen.isEmpty() ? subject.values : chosen) {
          comparison.measure(options, value);
        }
      }
    } catch (RunnerException e) {
      System.err.printf(
          "A benchmark failed: %s. What JMH says is in %s%n", e.getMessage(), args[4]);
      System.exit(1);
    }
    System.out.printf(
        "%n%s; JDK %s; median of %d rounds of %s s.%n%n",
        subject.title, System.getProperty("java.version"), rounds, args[2]);
    comparison.printTable();
  }

  private static Subject subject(String name) {
    return switch (name) {
      case "await" ->
        new Subject(
            "An await in Java that has to wait, beside the two switches of a bare baton",
            AwaitBenchmark.class,
            "carrier",
            Arrays.stream(CarrierKind.values())
                .filter(CarrierKind::isAvailable)
                .map(CarrierKind::toString)
                .toList(),
            "baton");
      case "spawn" ->
        new Subject(
            "Steps of tasks in Kotlin, beside those of kotlinx coroutines",
            SpawnBenchmark.class,
            "step",
            List.of("spawn", "yield", "turns"),
            "kotlinx");
      default -> throw new IllegalArgumentException("No benchmarks are called " + name + ".");
    };
  }

  private static int iterations(String seconds) {
    return (int) Math.ceil(Double.parseDouble(seconds) * 1000 / ITERATION_MILLIS);
  }

  private void measure(Options options, String value) throws RunnerException {
    Options withValue =
        new OptionsBuilder().parent(options).param(subject.parameter, value).build();
    for (RunResult result : new Runner(withValue).run()) {
      String method = result.getPrimaryResult().getLabel();
      var score = new Score(
          median(result),
          result.getSecondaryResults().get(CpuTime.LABEL).getScore(),
          result.getSecondaryResults().get(ALLOCATED).getScore());
      System.err.printf(
          Locale.ROOT,
          "  %-9s %-20s %,9.0f ns %,9.0f ns CPU %,7.0f bytes%n",
          value,
          method,
          score.nanos,
          score.cpuNanos,
          score.bytes);
      scores
          .computeIfAbsent(value, key -> new LinkedHashMap<>())
          .computeIfAbsent(method, key -> new ArrayList<>())
          .add(score);
    }
  }

  private void printTable() {
    System.out.printf(
        "%-9s %-20s %9s %9s %7s   %-22s x %s's CPU%n",
        subject.parameter,
        "benchmark",
        "ns",
        "CPU ns",
        "bytes",
        "x " + subject.baseline,
        subject.baseline);
    scores.forEach((value, methods) -> {
      List<Score> baseline = methods.get(subject.baseline);
      methods.forEach((method, rounds) -> System.out.printf(
          Locale.ROOT,
          "%-9s %-20s %,9.0f %,9.0f %,7.0f   %-22s %s%n",
          value,
          method,
          median(rounds, Score::nanos),
          median(rounds, Score::cpuNanos),
          median(rounds, Score::bytes),
          ratios(rounds, baseline, Score::nanos),
          ratios(rounds, baseline, Score::cpuNanos)));
    });
  }

  private static String ratios(
      List<Score> rounds, List<Score> baseline, ToDoubleFunction<Score> of) {
    double[] ratios = new double[rounds.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = of.applyAsDouble(rounds.get(i)) / of.applyAsDouble(baseline.get(i));
    }
    double median = median(ratios);
    return String.format(
        Locale.ROOT, "%.2f (%.2f to %.2f)", median, ratios[0], ratios[ratios.length - 1]);
  }

  /** An iteration in which another process had the processor must not count. */
  private static double median(RunResult result) {
    return median(result.getAggregatedResult().getIterationResults().stream()
        .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
        .toArray());
  }

  private static double median(List<Score> rounds, ToDoubleFunction<Score> of) {
    return median(rounds.stream().mapToDouble(of).toArray());
  }

  /** Sorts {@code values}. */
  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
