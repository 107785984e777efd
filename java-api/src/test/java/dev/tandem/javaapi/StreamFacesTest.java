package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.streams.ConnectionResetException;
import dev.tandem.streams.LimitOverrunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java faces of a stream's two ends, over real sockets. */
class StreamFacesTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  @TempDir
  Path directory;

  private final List<String> lines = new ArrayList<>();

  @Test
  void linesAreIteratedOverUntilTheEnd() {
    answering("one\ntwo\nrest", (reader, writer) -> {
      for (byte[] line : reader.lines()) {
        lines.add(new String(line));
      }
    });
    assertEquals(List.of("one\n", "two\n", "rest"), lines);
  }

  @Test
  void lineThatIsTooLongIsThrownIntoTheLoop() {
    answering("ok\n" + "x".repeat(70_000) + "\n", (reader, writer) -> {
      var tooLong = assertThrows(LimitOverrunException.class, () -> {
        for (byte[] line : reader.lines()) {
          lines.add(new String(line));
        }
      });
      assertTrue(tooLong.getConsumed() > 64 * 1024);
    });
    assertEquals(List.of("ok\n"), lines);
  }

  @Test
  void whatEndsTheLinesCanBeCaughtWhereItIsDeclared() {
    answering("ok\n" + "x".repeat(70_000) + "\n", (reader, writer) -> {
      try {
        for (byte[] line : reader.lines(IOException.class)) {
          lines.add(new String(line));
        }
      } catch (LimitOverrunException e) {
        lines.add("too long");
      }
    });
    assertEquals(List.of("ok\n", "too long"), lines);
  }

  @Test
  void theSeparatorThatEndsFirstCounts() {
    answering("a;b,c", (reader, writer) -> {
      assertEquals("a;", new String(await(reader.readUntil(";".getBytes(), ",".getBytes()))));
      assertEquals("b,", new String(await(reader.readUntil(";".getBytes(), ",".getBytes()))));
    });
  }

  @Test
  void readsFillTheCallersOwnBuffers() {
    answering("0123456789", (reader, writer) -> {
      await(reader.readExactly(1));
      var array = new byte[4];
      assertEquals(2, await(reader.readInto(array, 1, 2)));
      assertEquals("\0" + "12\0", new String(array));
      assertEquals(4, await(reader.readInto(array)));
      assertEquals("3456", new String(array));
      var buffer = ByteBuffer.allocate(8);
      assertEquals(3, await(reader.readInto(buffer)));
      assertEquals(3, buffer.position());
      assertEquals(-1, await(reader.readInto(buffer)));
      assertThrows(IndexOutOfBoundsException.class, () -> reader.readInto(array, 3, 2));
    });
  }

  @Test
  void everyWayToWriteArrivesInOrder() {
    var file = writeFile("0123456789");
    echoing((reader, writer) -> {
      writer.write("-abc-".getBytes(), 1, 3);
      writer.write(ByteBuffer.wrap("def".getBytes()));
      writer.writeLines(List.of("g\n".getBytes(), "h\n".getBytes()));
      assertEquals(10L, await(writer.sendFile(file)));
      assertEquals(2L, await(writer.sendFile(file, 8, 100)));
      try (var channel = FileChannel.open(file)) {
        assertEquals(3L, await(writer.sendFile(channel, 1, 3)));
      }
      writer.writeEof();
      assertEquals("abcdefg\nh\n012345678989123", new String(await(reader.read())));
    });
  }

  @Test
  void fileThatIsNotThereFailsTheSending() {
    echoing((reader, writer) -> assertThrows(
        NoSuchFileException.class, () -> await(writer.sendFile(directory.resolve("none")))));
  }

  @Test
  void limitsAndOptionsCanBeSet() {
    echoing((reader, writer) -> {
      writer.setWriteBufferLimits(1000);
      writer.setWriteBufferLimits(1000, 10);
      assertThrows(IllegalArgumentException.class, () -> writer.setWriteBufferLimits(1, 2));
      assertEquals(0, writer.writeBufferSize());
      assertTrue(writer.getOption(StandardSocketOptions.TCP_NODELAY));
      writer.setOption(StandardSocketOptions.TCP_NODELAY, false);
      assertFalse(writer.getOption(StandardSocketOptions.TCP_NODELAY));
    });
  }

  @Test
  void abortClosesAtOnce() {
    echoing((reader, writer) -> {
      writer.abort();
      assertTrue(writer.isClosing());
      assertThrows(ConnectionResetException.class, () -> await(writer.drain()));
    });
  }

  private void answering(String answer, ConnectionHandler client) {
    connected((reader, writer) -> writer.write(answer.getBytes()), client);
  }

  private void echoing(ConnectionHandler client) {
    connected(
        (reader, writer) -> {
          var buffer = new byte[4096];
          for (int n = await(reader.readInto(buffer)); n > 0; n = await(reader.readInto(buffer))) {
            writer.write(buffer, 0, n);
            await(writer.drain());
          }
        },
        client);
  }

  private void connected(ConnectionHandler handler, ConnectionHandler client) {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, handler));
          var connection = await(openConnection(HOST, server.port()))) {
        client.handle(connection.reader(), connection.writer());
      }
    });
  }

  private Path writeFile(String text) {
    try {
      return Files.writeString(directory.resolve("file"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
