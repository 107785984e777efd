package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;

import dev.tandem.javaapi.ServerOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The example of {@code docs/streams.md}; a test compares what it prints with the comment in it. */
final class StreamLoops {
  private StreamLoops() {}

  static void aServerOnTwoLoops() {
    // region loops
    var visits = new AtomicInteger(); // handlers run on two threads
    var options = new ServerOptions().withLoops(2);
    var server = await(startServer("localhost", 0, options, (reader, writer) -> {
      String name = new String(await(reader.readLine())).trim();
      writer.write(("hello " + name + ", visitor " + visits.incrementAndGet() + "\n").getBytes());
    }));
    for (String name : List.of("ada", "bob")) {
      try (var connection = await(openConnection("localhost", server.port()))) {
        connection.writer().write((name + "\n").getBytes());
        System.out.print(new String(await(connection.reader().readLine())));
      }
    }
    server.close();
    await(server.waitClosed());
    // hello ada, visitor 1, hello bob, visitor 2
    // endregion
  }
}
