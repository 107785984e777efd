package dev.tandem.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;

/**
 * A closed loop against one echo server: every connection has one message under way at any time.
 *
 * <p>One thread, one selector, nothing allocated per message. {@link #run} may be called any number
 * of times, with new connections each time.
 */
final class EchoLoad {
  private static final long NO_PROGRESS_MILLIS = 10_000;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ProcessHandle server;
  private final InetSocketAddress address;
  private final int connectionCount;
  private final SSLContext tls;
  private final ByteBuffer message;
  private final ByteBuffer answer;
  private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
  private final Consumer<SelectionKey> advance = key -> ((Connection) key.attachment()).advance();

  private IOException failure;

  /** With {@code tls}, null for plain TCP. */
  EchoLoad(ProcessHandle server, int port, int connectionCount, int size, SSLContext tls) {
    this.server = server;
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.connectionCount = connectionCount;
    this.tls = tls;
    this.message = ByteBuffer.allocateDirect(size);
    this.answer = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < size; i++) message.put(i, (byte) (i * 31 + 7));
  }

  /** What one round came to; the last two are the server's processor time and allocation per message. */
  record Result(
      double requestsPerSecond,
      double p50Micros,
      double p99Micros,
      double cpuMicros,
      double allocatedBytes) {}

  Result run(double warmUpSeconds, double seconds) throws IOException {
    List<Connection> connections = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      try {
        for (int i = 0; i < connectionCount; i++) connections.add(new Connection(selector));
        for (Connection connection : connections) connection.send();
        drive(selector, warmUpSeconds);

        latencies.reset();
        long allocatedBefore = AllocatedBytes.of(server);
        long cpuBefore = cpuNanos();
        long before = System.nanoTime();
        drive(selector, seconds);
        double elapsed = System.nanoTime() - before;
        double cpu = cpuNanos() - cpuBefore;
        double allocated = AllocatedBytes.of(server) - allocatedBefore;

        long count = latencies.getTotalCount();
        if (count == 0) throw new SocketTimeoutException("not one answer in " + seconds + " s");
        return new Result(
            count / (elapsed / 1e9),
            latencies.getValueAtPercentile(50) / 1e3,
            latencies.getValueAtPercentile(99) / 1e3,
            cpu / 1e3 / count,
            allocated / count);
      } finally {
        for (Connection connection : connections) connection.channel.close();
      }
    }
  }

  private void drive(Selector selector, double seconds) throws IOException {
    long now = System.nanoTime();
    long end = now + (long) (seconds * 1e9);
    long lastProgress = now;
    while (now < end) {
      int advanced = selector.select(advance, NO_PROGRESS_MILLIS);
      if (failure != null) throw failure;
      now = System.nanoTime();
      if (advanced > 0) {
        lastProgress = now;
      } else if (now - lastProgress >= TimeUnit.MILLISECONDS.toNanos(NO_PROGRESS_MILLIS)) {
        throw new SocketTimeoutException("no answer for " + NO_PROGRESS_MILLIS / 1000 + " s");
      }
    }
  }

  private long cpuNanos() throws IOException {
    return server
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IOException("process " + server.pid() + " has ended"))
        .toNanos();
  }

  private final class Connection {
    private final SocketChannel channel;
    private final TlsWire wire;
    private final SelectionKey key;
    private final ByteBuffer unsent = message.duplicate();
    private int unanswered;
    private long sentAt;
    private boolean checked;

    Connection(Selector selector) throws IOException {
      channel = SocketChannel.open(address);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      wire = tls == null ? null : new TlsWire(channel, tls);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    void send() throws IOException {
      unsent.clear();
      unanswered = unsent.remaining();
      sentAt = System.nanoTime();
      write();
    }

    /** Takes what is ready; a server can answer the beginning of a message that is not sent yet. */
    void advance() {
      try {
        if (key.isWritable()) write();
        if (key.isReadable()) read();
      } catch (IOException e) {
        failure = e;
      }
    }

    private void write() throws IOException {
      if (wire == null) channel.write(unsent);
      boolean isSent = wire == null ? !unsent.hasRemaining() : wire.write(unsent);
      int wanted = SelectionKey.OP_READ | (isSent ? 0 : SelectionKey.OP_WRITE);
      if (key.interestOps() != wanted) key.interestOps(wanted);
    }

    private void read() throws IOException {
      answer.clear().limit(unanswered);
      int count = wire == null ? channel.read(answer) : wire.read(answer);
      if (count < 0) throw new EOFException("the server closed a connection");
      if (!checked) check(count);
      unanswered -= count;
      if (unanswered == 0) {
        latencies.recordValue(Math.min(System.nanoTime() - sentAt, LONGEST_NANOS));
        checked = true;
        send();
      }
    }

    /** The first answer is compared byte for byte, the others are only counted. */
    private void check(int count) throws IOException {
      int from = message.capacity() - unanswered;
      if (!answer.flip().equals(message.slice(from, count))) {
        throw new IOException("the answer is not the message");
      }
    }
  }
}
