package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Transports.createConnection;

import dev.tandem.Future;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A protocol is told what arrives at a socket that something else has connected. */
public final class SocketProtocol {
  private SocketProtocol() {}

  static void example() throws IOException {
    try (var listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        var receiving = SocketChannel.open(listening.getLocalAddress());
        var sending = listening.accept()) {
      Future<Void> lost = runningLoop().createFuture();
      await(createConnection(() -> new Receiver(lost), receiving));
      createTask(() -> {
        sending.write(ByteBuffer.wrap("abc".getBytes()));
      });
      await(lost);
    }
  }

  private static final class Receiver implements Protocol {
    private final Future<Void> lost;
    private Transport transport;

    Receiver(Future<Void> lost) {
      this.lost = lost;
    }

    @Override
    public void connectionMade(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void dataReceived(byte[] data) {
      System.out.println("received: " + new String(data));
      transport.close();
    }

    @Override
    public void connectionLost(Throwable exception) {
      System.out.println("closed");
      lost.setResult(null);
    }
  }

  public static void main(String[] args) {
    Asyncio.run(SocketProtocol::example);
  }
}
