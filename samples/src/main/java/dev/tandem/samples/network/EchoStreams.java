package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.async;
import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;

import dev.tandem.Coroutine;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.StreamReader;
import dev.tandem.javaapi.StreamWriter;

/** A server and a client that talk through streams: the server sends back what it gets. */
public final class EchoStreams {
  private EchoStreams() {}

  static void example() {
    try (var server = await(startServer("127.0.0.1", 0, EchoStreams::echo))) {
      await(ask(server.port(), "Hello, World!"));
    }
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    byte[] message = await(reader.read(100));
    System.out.println("server: got " + new String(message));
    writer.write(message);
    await(writer.drain());
  }

  private static Coroutine<Void> ask(int port, String message) {
    return async(() -> {
      try (var connection = await(openConnection("127.0.0.1", port))) {
        System.out.println("client: sends " + message);
        connection.writer().write(message.getBytes());
        await(connection.writer().drain());
        byte[] answer = await(connection.reader().read(100));
        System.out.println("client: got " + new String(answer));
      }
    });
  }

  public static void main(String[] args) {
    Asyncio.run(EchoStreams::example);
  }
}
