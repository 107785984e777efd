package dev.tandem.benchmarks;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.Future;
import dev.tandem.javaapi.Runner;
import dev.tandem.javaapi.internal.CarrierKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One {@code await} in Java code that has to wait, on each carrier, beside a bare baton between threads of that kind.
 *
 * <p>The loop is kept; in one invocation there are so many awaits that calling it from another thread does not count.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AwaitBenchmark {
  private static final int AWAITS = 100_000;

  /** Fewer, since each may switch platform threads. */
  private static final int TURNS = 20_000;

  @Param({"platform", "virtual", "mounted"})
  public String carrier;

  private CarrierKind kind;
  private Runner runner;

  @Setup
  public void open() {
    System.setProperty(CarrierKind.PROPERTY, carrier);
    kind = CarrierKind.chosen();
    runner = new Runner();
  }

  @TearDown
  public void close() {
    runner.close();
  }

  /** Nobody else has anything to do: the code that waits is what comes next. */
  @Benchmark
  @OperationsPerInvocation(AWAITS)
  public void oneTaskSleeps() {
    runner.run(() -> sleepAgainAndAgain(AWAITS));
  }

  @Benchmark
  @OperationsPerInvocation(AWAITS)
  public void oneTaskAwaitsFuture() {
    runner.run(() -> {
      var loop = runningLoop();
      for (int i = 0; i < AWAITS; i++) {
        Future<Boolean> future = loop.createFuture();
        loop.callSoon(() -> future.setResult(true));
        await(future);
      }
    });
  }

  /** Each await lets the other task go on. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void twoTasksTakeTurns() {
    runner.run(() -> {
      var other = createTask(() -> sleepAgainAndAgain(TURNS / 2));
      sleepAgainAndAgain(TURNS / 2);
      await(other);
    });
  }

  /** One operation is a round trip. */
  @Benchmark
  @OperationsPerInvocation(TURNS)
  public void baton() throws Exception {
    Baton.pass(kind, TURNS);
  }

  private static void sleepAgainAndAgain(int times) {
    for (int i = 0; i < times; i++) {
      await(sleep(Duration.ZERO));
    }
  }
}
