package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openUnixConnection;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The examples of {@code docs/streams.md} about Unix sockets. {@code socket} is that of a server that sends back what it
 * gets; a test checks what the comments in them say.
 */
final class StreamUnix {
  private StreamUnix() {}

  static void client(Path socket) {
    // region client
    try (var connection = await(openUnixConnection(socket))) {
      connection.writer().write("hello\n".getBytes());
      System.out.println(new String(await(connection.reader().readLine())).trim());
    }
    // hello
    // endregion
  }

  static void noServer() throws IOException {
    // region missing
    try {
      await(openUnixConnection(Path.of("/run/no-such.sock")), IOException.class);
    } catch (NoSuchFileException e) {
      System.out.println(e.getMessage());
    }
    // /run/no-such.sock: no server has made this socket
    // endregion
  }
}
