package dev.tandem.benchmarks;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.sleep;

import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.ServerOptions;
import dev.tandem.javaapi.StreamReader;
import dev.tandem.javaapi.StreamWriter;
import dev.tandem.javaapi.Streams;
import dev.tandem.javaapi.SuspendCall;
import dev.tandem.javaapi.internal.CarrierKind;
import dev.tandem.streams.TlsOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A server with many connections that are idle: opened by another process, used once, then left alone. Prints what they
 * cost in heap and in buffers outside of it, and what is left when they are gone.
 *
 * <p>Arguments: how many, {@code kotlin} or {@code java} for the handlers, and a key store with the server's key if there
 * is to be TLS.
 */
final class IdleConnections {
  static final char[] PASSWORD = "password".toCharArray();
  private static final double KIB = 1024;
  private static final int BACKLOG = 1024;

  private final int count;
  private final boolean inJava;
  private final Path keyStore;
  private int served;
  private int ended;

  private IdleConnections(int count, boolean inJava, Path keyStore) {
    this.count = count;
    this.inJava = inJava;
    this.keyStore = keyStore;
  }

  public static void main(String[] args) {
    var keyStore = args.length > 2 ? Path.of(args[2]) : null;
    var idle = new IdleConnections(Integer.parseInt(args[0]), args[1].equals("java"), keyStore);
    System.out.printf(
        "%s handlers, %s, JDK %s%n",
        idle.inJava ? "java (" + CarrierKind.chosen() + ")" : args[1],
        keyStore == null ? "TCP" : "TLS",
        System.getProperty("java.version"));
    Asyncio.run(() -> idle.measure());
  }

  private void measure() throws Exception {
    if (inJava) {
      var options = new ServerOptions().withBacklog(BACKLOG).withSsl(ssl());
      try (var server =
          await(Streams.startServer(EchoServerKt.LOOPBACK, 0, options, this::serve))) {
        measure(server.port());
      }
    } else {
      var ssl = ssl();
      try (var server = await((SuspendCall<dev.tandem.streams.Server>) k ->
          IdleHandlerKt.startIdleServer(BACKLOG, ssl, this::countServed, this::countEnded, k))) {
        measure(server.getPort());
      }
    }
  }

  @SuppressWarnings("try") // nobody talks to the processes that are kept
  private void measure(int port) throws IOException {
    // The first connection loads classes and makes the loop's buffers.
    try (var first = await(Asyncio.toThread(() -> new Clients(port, 1)))) {
      waitUntil(1, idle -> idle.served);
    }
    waitUntil(1, idle -> idle.ended);
    double heapBefore = usedHeap();
    double buffersBefore = buffers();
    double residentBefore = residentMemory();

    long start = System.nanoTime();
    try (var clients = await(Asyncio.toThread(() -> new Clients(port, count)))) {
      waitUntil(1 + count, idle -> idle.served);
      double seconds = (System.nanoTime() - start) / 1e9;
      double heap = usedHeap() - heapBefore;
      double buffers = buffers() - buffersBefore;
      print("connections", "%,.0f", (double) (served - ended));
      print("opened in", "%,.1f s", seconds);
      print("heap of a connection", "%,.2f KiB", heap / KIB / count);
      print("buffers of a connection", "%,.2f KiB", buffers / KIB / count);
      print("both, of a connection", "%,.2f KiB", (heap + buffers) / KIB / count);
      print(
          "resident memory, of a connection",
          "%,.2f KiB",
          (residentMemory() - residentBefore) / KIB / count);
    }
    waitUntil(1 + count, idle -> idle.ended);
    print("connections left", "%,.0f", (double) (served - ended));
    print("heap left, of each", "%,.2f KiB", (usedHeap() - heapBefore) / KIB / count);
  }

  private void serve(StreamReader reader, StreamWriter writer) throws IOException {
    writer.write(await(reader.readLine(), IOException.class));
    countServed();
    await(reader.readLine(), IOException.class);
    countEnded();
  }

  private void countServed() {
    served++;
  }

  private void countEnded() {
    ended++;
  }

  private void waitUntil(int wanted, ToDoubleFunction<IdleConnections> count) {
    while (count.applyAsDouble(this) < wanted) {
      await(sleep(Duration.ofMillis(10)));
    }
  }

  private TlsOptions ssl() throws Exception {
    if (keyStore == null) {
      return null;
    }
    return TlsOptions.identifiedBy(KeyStore.getInstance(keyStore.toFile(), PASSWORD), PASSWORD);
  }

  /** The other process. It says when all of its connections have had their answer, and ends when it is told to. */
  private final class Clients implements AutoCloseable {
    private final Process process;

    Clients(int port, int count) throws IOException {
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      process = new ProcessBuilder(
              java,
              "-Xmx1g",
              "-cp",
              System.getProperty("java.class.path"),
              "dev.tandem.benchmarks.IdleClientsKt",
              Integer.toString(port),
              Integer.toString(count),
              keyStore == null ? "" : keyStore.toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      String answer = firstLine(process.getInputStream());
      if (!"connected".equals(answer)) {
        throw new IOException("The process that connects has failed: " + answer);
      }
    }

    private static String firstLine(InputStream output) throws IOException {
      return new BufferedReader(new InputStreamReader(output)).readLine();
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
    }
  }

  private static double usedHeap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static double buffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
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

  private static void print(String what, String format, double value) {
    System.out.printf(Locale.ROOT, "  %-34s " + format + "%n", what, value);
  }
}
