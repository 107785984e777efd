package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static dev.tandem.javaapi.Streams.startUnixServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.EventLoop;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The face of servers. What servers themselves do is tested beside the streams. */
class ServerTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  @TempDir
  Path directory;

  @Test
  void serverStartsToServeWhenItIsTold() {
    Asyncio.run(() -> {
      var options = new ServerOptions().withStartServing(false);
      try (var server = await(startServer(HOST, 0, options, ServerTest::greet))) {
        assertFalse(server.isServing());
        server.startServing();
        assertTrue(server.isServing());
        assertEquals("hi", answerOf(server));
      }
    });
  }

  @Test
  void optionsReachTheServer() {
    Asyncio.run(() -> {
      var options = new ServerOptions()
          .withLimit(10)
          .withBacklog(5)
          .withReuseAddress(false)
          .withKeepAlive(true);
      var limits = new ArrayList<Integer>();
      try (var server = await(startServer(
          List.of(HOST, "127.0.0.2"),
          0,
          options,
          (reader, writer) -> limits.add(reader.limit())))) {
        assertEquals(2, server.sockets().size());
        assertEquals(2, server.localAddresses().size());
        assertSame(runningLoop(), server.loop());
        answerOf(server);
        assertEquals(List.of(10), limits);
      }
    });
  }

  @Test
  void optionsAreCheckedAtTheCall() {
    assertThrows(IllegalArgumentException.class, () -> new ServerOptions().withLimit(0));
    assertThrows(IllegalArgumentException.class, () -> new ServerOptions().withBacklog(-1));
    assertThrows(IllegalArgumentException.class, () -> new ServerOptions().withLoops(0));
  }

  @Test
  void optionsAreNeverChanged() {
    var plain = new ServerOptions();
    assertEquals("ServerOptions(no TLS, loops 4)", plain.withLoops(4).toString());
    assertEquals("ServerOptions(no TLS, loops 1)", plain.toString());
  }

  @Test
  void closeClientsEndsWhatHandlersRead() {
    Asyncio.run(() -> {
      var ends = new ArrayList<Integer>();
      var server = await(startServer(HOST, 0, (reader, writer) -> {
        writer.write(new byte[] {1});
        ends.add(await(reader.read()).length);
      }));
      try (var client = await(openConnection(HOST, server.port()))) {
        await(client.reader().readExactly(1));
        server.close();
        server.closeClients();
        await(server.waitClosed());
        assertEquals(0, await(client.reader().read()).length);
      }
      passUntil(() -> !ends.isEmpty());
      assertEquals(List.of(0), ends);
    });
  }

  @Test
  void abortClientsEndsConnectionsThatCannotBeFlushed() {
    Asyncio.run(() -> {
      var server = await(startServer(HOST, 0, (reader, writer) -> {
        writer.write(new byte[16 * 1024 * 1024]);
        await(reader.read());
      }));
      try (var client = await(openConnection(HOST, server.port()))) {
        await(client.reader().readExactly(1));
        server.close();
        server.abortClients();
        await(server.waitClosed());
      }
    });
  }

  @Test
  void cancelledServeForeverWaitsForItsClients() {
    Asyncio.run(() -> {
      var server = await(startServer(HOST, 0, ServerTest::echo));
      var serving = createTask(server.serveForever());
      try (var client = await(openConnection(HOST, server.port()))) {
        assertEquals("x", exchange(client, "x"));
        serving.cancel();
        await(sleep(Duration.ZERO));
        assertEquals("y", exchange(client, "y"));
        assertFalse(serving.isDone());
      }
      assertThrows(CancelledException.class, () -> await(serving));
    });
  }

  @Test
  void handlersOfSeveralLoopsAwaitOnTheirOwn() {
    Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
    Asyncio.run(() -> {
      var options = new ServerOptions().withLoops(3);
      var server = await(startServer(HOST, 0, options, (reader, writer) -> {
        loops.add(runningLoop());
        await(sleep(Duration.ZERO));
        echo(reader, writer);
      }));
      var clients = new ArrayList<Connection>();
      for (int i = 0; i < 6; i++) {
        clients.add(await(openConnection(HOST, server.port())));
      }
      for (var client : clients) {
        assertEquals("hello", exchange(client, "hello"));
      }
      assertEquals(3, loops.size());
      assertTrue(loops.contains(runningLoop()));
      clients.forEach(Connection::close);
      server.close();
      await(server.waitClosed());
      passUntil(() -> loops.stream().filter(EventLoop::isClosed).count() == 2);
    });
  }

  @Test
  void loopsOfAServerThatIsLeftOpenEndWithTheRun() {
    Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
    Asyncio.run(() -> {
      var server =
          await(startServer(HOST, 0, new ServerOptions().withLoops(2), (reader, writer) -> {
            loops.add(runningLoop());
            echo(reader, writer);
          }));
      for (int i = 0; i < 2; i++) {
        exchange(await(openConnection(HOST, server.port())), "x");
      }
    });
    assertEquals(2, loops.size());
    assertTrue(loops.stream().allMatch(EventLoop::isClosed));
  }

  @Test
  void handlerThatFailsOnAnotherLoopIsReportedThere() {
    var reports = new ConcurrentLinkedQueue<EventLoop>();
    Asyncio.run(() -> {
      runningLoop().setExceptionHandler((loop, context) -> reports.add(loop));
      ConnectionHandler failing = (reader, writer) -> {
        await(reader.readExactly(1));
        throw new IOException("disk full");
      };
      try (var server = await(startServer(HOST, 0, new ServerOptions().withLoops(2), failing))) {
        try (var one = await(openConnection(HOST, server.port()));
            var two = await(openConnection(HOST, server.port()))) {
          // Both are open before either ends, so that each loop has one.
          one.writer().write(new byte[] {1});
          two.writer().write(new byte[] {1});
          await(one.reader().read());
          await(two.reader().read());
        }
        passUntil(() -> reports.size() == 2);
        assertNotSame(reports.poll(), reports.poll());
      }
    });
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void unixServerServesAPlainSocket() {
    Asyncio.run(() -> {
      Path path = directory.resolve("socket");
      var onlyOurs = PosixFilePermissions.fromString("rw-------");
      try (var server = await(
          startUnixServer(path, new ServerOptions().withPermissions(onlyOurs), ServerTest::echo))) {
        assertEquals(List.of(UnixDomainSocketAddress.of(path)), server.localAddresses());
        assertEquals(onlyOurs, Files.getPosixFilePermissions(path));
        assertEquals("hello", await(Asyncio.toThread(() -> ask(path))));
        assertThrows(BindException.class, () -> await(startUnixServer(path, ServerTest::echo)));
      }
      assertFalse(Files.exists(path));
    });
  }

  private static String ask(Path path) throws IOException {
    try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      byte[] question = "hello".getBytes(UTF_8);
      client.write(ByteBuffer.wrap(question));
      var answer = ByteBuffer.allocate(question.length);
      while (answer.hasRemaining() && client.read(answer) >= 0) {
        // Until all is there.
      }
      assertArrayEquals(question, answer.array());
      return new String(answer.array(), UTF_8);
    }
  }

  private static void passUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      await(sleep(Duration.ZERO));
    }
  }

  private static String answerOf(Server server) {
    try (var client = await(openConnection(HOST, server.port()))) {
      return new String(await(client.reader().read()), UTF_8);
    }
  }

  private static String exchange(Connection client, String text) {
    client.writer().write(text.getBytes(UTF_8));
    return new String(await(client.reader().readExactly(text.length())), UTF_8);
  }

  private static void greet(StreamReader reader, StreamWriter writer) {
    writer.write("hi".getBytes(UTF_8));
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] some = await(reader.read(1024)); some.length > 0; some = await(reader.read(1024))) {
      writer.write(some);
      await(writer.drain());
    }
  }
}
