package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static java.time.Duration.ofMillis;

import dev.tandem.CancelledException;

/** The examples of {@code docs/streams.md}; a test compares what they print with the comments in them. */
final class StreamServers {
  private StreamServers() {}

  static void aServer() {
    // region shout
    var server = await(startServer("localhost", 0, (reader, writer) -> {
      while (true) {
        byte[] line = await(reader.readLine());
        if (line.length == 0) {
          break; // the client has ended the stream
        }
        writer.write(new String(line).toUpperCase().getBytes());
        await(writer.drain()); // waits while the client is behind
      }
    }));
    try (var connection = await(openConnection("localhost", server.port()))) {
      connection.writer().write("hello\n".getBytes());
      System.out.print(new String(await(connection.reader().readLine())));
    }
    server.close();
    await(server.waitClosed());
    // HELLO
    // endregion
  }

  static void endingAServer() {
    // region end
    var server = await(startServer("localhost", 0, (reader, writer) -> {
      writer.write("welcome\n".getBytes());
      await(reader.read()); // until the end of the stream
    }));
    try (var connection = await(openConnection("localhost", server.port()))) {
      System.out.print(new String(await(connection.reader().readLine())));
      server.close(); // nobody else can connect; this client could go on
      server.closeClients(); // it gets what was written, then the end
      await(server.waitClosed());
      System.out.println(await(connection.reader().read()).length + " bytes more");
    }
    // welcome, 0 bytes more
    // endregion
  }

  static void servingUntilCancelled() {
    // region forever
    var serving = createTask(() -> {
      try (var server = await(startServer("localhost", 0, (reader, writer) -> {}))) {
        System.out.println("serving: " + server.isServing());
        await(server.serveForever());
      }
    });
    await(sleep(ofMillis(100)));
    serving.cancel(); // as Ctrl-C does with the main task
    try {
      await(serving);
    } catch (CancelledException e) {
      System.out.println("closed");
    }
    // serving: true, closed
    // endregion
  }

  static void handlersThatFail() {
    // region failure
    runningLoop()
        .setExceptionHandler(
            (loop, context) -> System.out.println(context.getException().getMessage()));
    try (var server = await(startServer("localhost", 0, (reader, writer) -> {
      throw new IllegalStateException("disk full");
    }))) {
      for (int i = 0; i < 2; i++) {
        try (var connection = await(openConnection("localhost", server.port()))) {
          await(connection.reader().read());
        }
      }
    }
    // disk full, disk full
    // endregion
  }
}
