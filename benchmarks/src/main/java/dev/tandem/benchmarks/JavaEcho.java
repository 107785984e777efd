package dev.tandem.benchmarks;

import static dev.tandem.javaapi.Asyncio.await;

import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.ServerOptions;
import dev.tandem.javaapi.StreamReader;
import dev.tandem.javaapi.StreamWriter;
import dev.tandem.javaapi.Streams;
import dev.tandem.streams.ConnectionResetException;
import java.nio.ByteBuffer;

/** Our streams with a handler in direct style: one task per connection, on one loop or two. */
final class JavaEcho {
  private JavaEcho() {}

  static void serve(int port) {
    serve(port, 1);
  }

  static void serveOnTwoLoops(int port) {
    serve(port, 2);
  }

  private static void serve(int port, int loops) {
    Asyncio.run(() -> {
      var options = new ServerOptions().withLoops(loops);
      var server = await(Streams.startServer(EchoServerKt.LOOPBACK, port, options, JavaEcho::echo));
      EchoServerKt.sayListening(server.port());
      await(server.serveForever());
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    var work = new EchoWork();
    var buffer = ByteBuffer.allocateDirect(KotlinEchoKt.ECHO_BUFFER_SIZE);
    try {
      while (await(reader.readInto(buffer), ConnectionResetException.class) != -1) {
        work.on(buffer.flip());
        writer.write(buffer);
        await(writer.drain(), ConnectionResetException.class);
        buffer.clear();
      }
    } catch (ConnectionResetException e) {
      // The peer is gone.
    }
  }
}
