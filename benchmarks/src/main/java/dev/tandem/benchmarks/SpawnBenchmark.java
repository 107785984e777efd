package dev.tandem.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Steps of tasks in Kotlin code, on one thread, beside the same with kotlinx coroutines.
 *
 * <p>In Java, since JMH reads the annotations of Java sources only; what is measured is in {@code SpawnLoops.kt}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpawnBenchmark {
  private static final int STEPS = 100_000;

  /** A task spawned and awaited; a turn given away by the only task, and by one of two. */
  @Param({"spawn", "yield", "turns"})
  public String step;

  private final TandemLoops tandem = new TandemLoops();

  @TearDown
  public void close() {
    tandem.close();
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public void tandem(Blackhole blackhole) {
    switch (step) {
      case "spawn" -> blackhole.consume(tandem.spawnAndAwait(STEPS));
      case "yield" -> tandem.yieldAlone(STEPS);
      default -> tandem.takeTurns(STEPS);
    }
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public void kotlinx(Blackhole blackhole) {
    switch (step) {
      case "spawn" -> blackhole.consume(SpawnLoopsKt.asyncAndAwait(STEPS));
      case "yield" -> SpawnLoopsKt.yieldAlone(STEPS);
      default -> SpawnLoopsKt.takeTurns(STEPS);
    }
  }
}
