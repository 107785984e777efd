package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openUnixConnection;
import static dev.tandem.javaapi.Streams.startUnixServer;

import dev.tandem.javaapi.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The examples of {@code docs/streams.md} about Unix sockets; a test checks what the comments in them say. */
final class StreamUnix {
  private StreamUnix() {}

  static void overAFile(Path socket) {
    // region echo
    var onlyMe = new ServerOptions().withPermissions(PosixFilePermissions.fromString("rw-------"));
    var server = await(startUnixServer(socket, onlyMe, (reader, writer) -> {
      for (byte[] line : reader.lines()) {
        writer.write(line);
      }
    }));
    try (var connection = await(openUnixConnection(socket))) {
      connection.writer().write("hello\n".getBytes());
      System.out.println(new String(await(connection.reader().readLine())).trim());
    }
    server.close();
    await(server.waitClosed());
    System.out.println("left behind: " + Files.exists(socket));
    // hello, left behind: false
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
