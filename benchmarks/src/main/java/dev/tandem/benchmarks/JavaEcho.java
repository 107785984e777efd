package dev.tandem.benchmarks;

import static dev.tandem.javaapi.Asyncio.await;

import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.StreamReader;
import dev.tandem.javaapi.StreamWriter;
import dev.tandem.javaapi.Streams;
import dev.tandem.streams.ConnectionResetException;

/** Our streams with a handler in direct style: one task per connection, all on one loop. */
final class JavaEcho {
  private static final int BUFFER_SIZE = 64 * 1024;

  private JavaEcho() {}

  static void serve(int port) {
    Asyncio.run(() -> {
      var server = await(Streams.startServer(EchoServerKt.LOOPBACK, port, JavaEcho::echo));
      EchoServerKt.sayListening(server.port());
      await(server.serveForever());
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    try {
      while (true) {
        byte[] bytes = await(reader.read(BUFFER_SIZE), ConnectionResetException.class);
        if (bytes.length == 0) {
          return;
        }
        writer.write(bytes);
        await(writer.drain(), ConnectionResetException.class);
      }
    } catch (ConnectionResetException e) {
      // The peer is gone.
    }
  }
}
