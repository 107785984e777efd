package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Asyncio.toThread;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.streams.IncompleteReadException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Java faces of streams, over real sockets. What the streams themselves do is tested beside them. */
class StreamsTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  private final List<String> log = new ArrayList<>();

  @Test
  void linesComeBackFromAnEchoServer() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, StreamsTest::echo));
          var connection = await(openConnection(HOST, server.port()))) {
        connection.writer().write("one\ntwo\n".getBytes());
        await(connection.writer().drain());
        assertEquals("one\n", new String(await(connection.reader().readLine())));
        assertEquals("two\n", new String(await(connection.reader().readLine())));
      }
    });
  }

  @Test
  void eachReadTakesWhatItIsAskedFor() {
    Asyncio.run(() -> {
      try (var server = await(
              startServer(HOST, 0, (reader, writer) -> writer.write("abcd;efgh".getBytes())));
          var connection = await(openConnection(HOST, server.port()))) {
        var reader = connection.reader();
        assertEquals("ab", new String(await(reader.readExactly(2))));
        assertEquals("cd;", new String(await(reader.readUntil(new byte[] {';'}))));
        assertEquals("e", new String(await(reader.read(1))));
        assertEquals("fgh", new String(await(reader.read())));
        assertTrue(reader.atEof());
      }
    });
  }

  @Test
  void failureIsTheExceptionItself() {
    Asyncio.run(() -> {
      var server = await(startServer(HOST, 0, (reader, writer) -> writer.write("abc".getBytes())));
      try (var connection = await(openConnection(HOST, server.port()))) {
        var early = assertThrows(
            IncompleteReadException.class, () -> await(connection.reader().readExactly(4)));
        assertEquals("abc", new String(early.getPartial()));
      }
      server.close();
      try {
        await(openConnection(HOST, server.port()), IOException.class);
      } catch (IOException e) {
        assertEquals(ConnectException.class, e.getClass());
      }
    });
  }

  @Test
  void whatHasNoResultGivesNullWhetherItWaitsOrNot() {
    Asyncio.run(() -> {
      var server = await(startServer(HOST, 0, StreamsTest::echo));
      var connection = await(openConnection(HOST, server.port()));
      Void drained = await(connection.writer().drain());
      assertNull(drained);
      server.close();
      connection.close();
      Void closed = await(server.waitClosed());
      assertNull(closed);
      assertFalse(server.isServing());
    });
  }

  @Test
  void cancelledReadLosesNothing() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, StreamsTest::echo));
          var connection = await(openConnection(HOST, server.port()))) {
        connection.writer().write("be".getBytes());
        var cancelled = createTask(connection.reader().readLine());
        await(sleep(seconds(0.05)));
        cancelled.cancel();
        assertThrows(CancelledException.class, () -> await(cancelled));
        connection.writer().write("gun\n".getBytes());
        assertEquals("begun\n", new String(await(connection.reader().readLine())));
      }
    });
  }

  @Test
  void handlerThatFailsIsReportedAndItsConnectionClosed() {
    Asyncio.run(() -> {
      runningLoop()
          .setExceptionHandler((loop, context) -> log.add(context.getException().getMessage()));
      ConnectionHandler failing = (reader, writer) -> {
        throw new IOException("disk full");
      };
      try (var server = await(startServer(HOST, 0, failing));
          var connection = await(openConnection(HOST, server.port()))) {
        assertEquals(0, await(connection.reader().read()).length);
      }
    });
    assertEquals(List.of("disk full"), log);
  }

  @Test
  void anotherThreadCannotWrite() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, StreamsTest::echo));
          var connection = await(openConnection(HOST, server.port()))) {
        VoidCallable write = () -> connection.writer().write("x".getBytes());
        var refused = assertThrows(IllegalStateException.class, () -> await(toThread(write)));
        assertTrue(refused.getMessage().startsWith("write() on thread"), refused.getMessage());
        runningLoop().callSoonThreadsafe(() -> connection.writer().write("y\n".getBytes()));
        assertEquals("y\n", new String(await(connection.reader().readLine())));
      }
    });
  }

  @Test
  void serveForeverEndsWithItsTask() {
    Asyncio.run(() -> {
      var server = await(startServer(HOST, 0, StreamsTest::echo));
      var serving = createTask(server.serveForever());
      await(sleep(seconds(0)));
      serving.cancel();
      assertThrows(CancelledException.class, () -> await(serving));
      assertFalse(server.isServing());
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] some = await(reader.read(1024)); some.length > 0; some = await(reader.read(1024))) {
      writer.write(some);
      await(writer.drain());
    }
  }
}
