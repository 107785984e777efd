package dev.tandem.benchmarks;

import static dev.tandem.javaapi.Asyncio.allTasks;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.gather;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.Task;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.Event;
import dev.tandem.javaapi.internal.CarrierKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Many Java tasks that are alive at once, all of them in an await, and are woken several times; prints what they cost,
 * and how many threads are left when {@code run} has returned.
 *
 * <p>Arguments: how many tasks, how often each is woken. One kind of threads in one process, else the memory of one would
 * be counted for the other.
 */
final class Alive {
  private static final double MIB = 1024 * 1024;

  private final int count;
  private final List<Event> bells;
  private int woken;

  /** The threads that have run code of the loop. */
  private final Set<Thread> threads = new HashSet<>();

  private Alive(int count, int times) {
    this.count = count;
    bells = IntStream.range(0, times).mapToObj(time -> new Event()).toList();
  }

  public static void main(String[] args) {
    CarrierKind kind;
    try {
      kind = CarrierKind.chosen();
    } catch (UnsupportedOperationException e) {
      System.out.printf("left out: %s%n", e.getMessage());
      return;
    }
    var alive = new Alive(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
    System.out.printf("%s, JDK %s%n", kind, System.getProperty("java.version"));
    Asyncio.run(alive::runTasks);
    print("threads that have run its code", "%,d", alive.threads.size());
    print("threads left after run", "%,d", alive.threadsLeft());
  }

  private void runTasks() {
    threads.add(Thread.currentThread());
    // Runs on the loop's own thread, which gets the turn back at the first await.
    runningLoop().callSoon(() -> threads.add(Thread.currentThread()));
    await(sleep(Duration.ZERO));
    double heapBefore = usedHeap();
    double residentBefore = residentMemory();

    long start = System.nanoTime();
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 0; i < count; i++) {
      tasks.add(createTask(this::answerBells));
    }
    await(sleep(Duration.ZERO));
    long allWait = System.nanoTime();

    double heap = usedHeap() - heapBefore;
    print("tasks alive", "%,d", allTasks().size() - 1);
    print("start of all", "%,.0f ms", (allWait - start) / 1e6);
    print("heap", "%,.1f MiB", heap / MIB);
    print("heap of a task", "%,.0f bytes", heap / count);
    print(
        "resident memory of the process",
        "%,.0f MiB more",
        (residentMemory() - residentBefore) / MIB);

    start = System.nanoTime();
    long startOfCpu = CpuTime.nanos();
    for (Event bell : bells) {
      int before = woken;
      bell.set();
      while (woken < before + count) {
        await(sleep(Duration.ZERO));
      }
    }
    double waking = System.nanoTime() - start;
    double wakingCpu = CpuTime.nanos() - startOfCpu;
    print("each woken " + bells.size() + " times", "%,.0f ms", waking / 1e6);
    print("a wake-up", "%,.0f ns", waking / woken);
    print("a wake-up, processor time", "%,.0f ns", wakingCpu / woken);
    await(gather(tasks));
  }

  private void answerBells() {
    threads.add(Thread.currentThread());
    for (Event bell : bells) {
      await(bell.await());
      woken++;
    }
  }

  /** Those that have run the loop's code, and any others of the application. */
  private int threadsLeft() {
    var left = new HashSet<>(threads);
    var platformThreads = new Thread[2 * Thread.activeCount() + 1];
    int found = Thread.enumerate(platformThreads);
    left.addAll(Arrays.asList(platformThreads).subList(0, found));
    left.remove(Thread.currentThread());
    left.removeIf(thread -> !thread.isAlive());
    return left.size();
  }

  private static double usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** On Linux; not a number elsewhere. */
  private static double residentMemory() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // No such file.
    }
    return Double.NaN;
  }

  private static void print(String what, String format, Object value) {
    System.out.printf(Locale.ROOT, "  %-32s " + format + "%n", what, value);
  }
}
