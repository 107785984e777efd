package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The example of {@code docs/streams.md}; a test compares what it prints with the comment in it. */
final class StreamSockets {
  private StreamSockets() {}

  static void socketsMadeElsewhere() throws IOException {
    // region sockets
    var bound = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    try (var server = await(startServer(bound, (reader, writer) -> {
      writer.write(await(reader.readLine()));
    }))) {
      var address = server.localAddresses().get(0);
      var connected = SocketChannel.open(address); // blocks, as what others do may
      try (var connection = await(openConnection(connected))) {
        connection.writer().write("hello\n".getBytes());
        System.out.println(new String(await(connection.reader().readLine())).trim());
      }
    }
    System.out.println("open: " + bound.isOpen()); // closed with the server, as is the other
    // hello, open: false
    // endregion
  }
}
