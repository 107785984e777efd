package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Streams.openConnection;

import dev.tandem.javaapi.Asyncio;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A socket that something else has connected is waited for, and read, as a stream. */
public final class SocketStreams {
  private SocketStreams() {}

  static void example() throws IOException {
    try (var listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        var receiving = SocketChannel.open(listening.getLocalAddress());
        var sending = listening.accept();
        var connection = await(openConnection(receiving))) {
      createTask(() -> {
        sending.write(ByteBuffer.wrap("abc".getBytes()));
      });
      byte[] message = await(connection.reader().read(100));
      System.out.println("received: " + new String(message));
    }
  }

  public static void main(String[] args) {
    Asyncio.run(SocketStreams::example);
  }
}
