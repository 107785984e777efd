package dev.tandem.samples.basics;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runInExecutor;

import dev.tandem.javaapi.Asyncio;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code runInExecutor} runs work in a pool of threads, the loop's own or one's own, and gives a future. */
public final class RunInExecutor {
  private RunInExecutor() {}

  static void example() {
    System.out.println("primes below 100: " + await(runInExecutor(null, () -> countPrimes(100))));

    var pool = Executors.newFixedThreadPool(2);
    var futures = Stream.of(10, 100, 1000)
        .map(limit -> runInExecutor(pool, () -> countPrimes(limit)))
        .toList();
    for (var primes : await(gather(futures))) {
      System.out.println(primes);
    }
    pool.shutdown();
  }

  private static long countPrimes(int limit) {
    return IntStream.range(2, limit)
        .filter(n -> IntStream.range(2, n).allMatch(d -> n % d != 0))
        .count();
  }

  public static void main(String[] args) {
    Asyncio.run(RunInExecutor::example);
  }
}
