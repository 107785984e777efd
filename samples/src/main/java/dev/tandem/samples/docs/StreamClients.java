package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.waitFor;
import static dev.tandem.javaapi.Streams.openConnection;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.tandem.TimeoutException;
import dev.tandem.javaapi.ConnectOptions;
import dev.tandem.streams.IncompleteReadException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The examples of {@code docs/streams.md} about clients. {@code port} is that of a server that sends back what it gets; a
 * test checks what the comments in them say.
 */
final class StreamClients {
  private StreamClients() {}

  static void client(int port) {
    // region client
    try (var connection = await(openConnection("localhost", port))) {
      connection.writer().write("hello\n".getBytes());
      await(connection.writer().drain());
      System.out.println(new String(await(connection.reader().readLine())).trim());
    }
    // hello
    // endregion
  }

  static void howToConnect(int port) {
    // region options
    var options = new ConnectOptions()
        .withConnectTimeout(ofSeconds(5))
        .withHappyEyeballsDelay(ofMillis(100))
        .withLocalAddress(new InetSocketAddress("127.0.0.1", 0))
        .withLimit(1024);
    try (var connection = await(openConnection("localhost", port, options))) {
      var peer = (InetSocketAddress) connection.writer().remoteAddress();
      System.out.println(peer.getAddress().getHostAddress());
    }
    // 127.0.0.1
    // endregion
  }

  static void nobodyListens(int port) throws IOException {
    // region refused
    try {
      await(openConnection("127.0.0.1", port), IOException.class);
    } catch (ConnectException e) {
      System.out.println(e.getMessage());
    }
    // Cannot connect to 127.0.0.1:1: Connection refused (127.0.0.1)
    // endregion
  }

  static void linesToTheEnd(int port) {
    // region lines
    try (var connection = await(openConnection("localhost", port))) {
      var lines = List.of("one\n".getBytes(), "two\n".getBytes(), "three".getBytes());
      connection.writer().writeLines(lines);
      connection.writer().writeEof();
      for (byte[] line : connection.reader().lines()) {
        System.out.println(new String(line).trim());
      }
    }
    // one, two, three
    // endregion
  }

  static void piecesOfAProtocol(int port) throws IOException {
    // region pieces
    try (var connection = await(openConnection("localhost", port))) {
      var reader = connection.reader();
      connection.writer().write("size 5\r\nabcde;rest".getBytes());
      connection.writer().writeEof();
      var head = new String(await(reader.readUntil("\r\n".getBytes(), "\n".getBytes())));
      int size = Integer.parseInt(head.trim().substring("size ".length()));
      System.out.println(new String(await(reader.readExactly(size))));
      System.out.println(new String(await(reader.readUntil(";".getBytes()))));
      try {
        await(reader.readExactly(100), IOException.class);
      } catch (IncompleteReadException e) {
        System.out.println("only " + new String(e.getPartial()));
      }
    }
    // abcde, ;, only rest
    // endregion
  }

  static void timeLimitOfARead(int port) {
    // region timeout
    try (var connection = await(openConnection("localhost", port))) {
      var reader = connection.reader();
      connection.writer().write("half ".getBytes());
      try {
        await(waitFor(reader.readLine(), ofMillis(50)));
      } catch (TimeoutException e) {
        System.out.println("no line yet");
      }
      connection.writer().write("a line\n".getBytes());
      System.out.println(new String(await(reader.readLine())).trim()); // nothing was lost
    }
    // no line yet, half a line
    // endregion
  }

  static void ownBuffer(int port) {
    // region read-into
    try (var connection = await(openConnection("localhost", port))) {
      connection.writer().write(new byte[1_000_000]);
      connection.writer().writeEof();
      var buffer = ByteBuffer.allocateDirect(64 * 1024);
      int total = 0;
      for (int n = 0; n >= 0; n = await(connection.reader().readInto(buffer.clear()))) {
        total += n;
      }
      System.out.println(total);
    }
    // 1000000
    // endregion
  }

  static void file(int port, Path file) {
    // region send-file
    try (var connection = await(openConnection("localhost", port))) {
      connection.writer().write("the file: ".getBytes());
      System.out.println(await(connection.writer().sendFile(file)) + " bytes");
      connection.writer().writeEof();
      System.out.println(new String(await(connection.reader().read())));
    }
    // 13 bytes, the file: what it holds
    // endregion
  }
}
