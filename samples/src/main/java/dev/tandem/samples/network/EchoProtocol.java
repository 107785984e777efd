package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.createServer;

import dev.tandem.Future;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.Transport;

/** The echo again, with transports and protocols: callbacks in place of tasks, and a future to wait for the end. */
public final class EchoProtocol {
  private EchoProtocol() {}

  static void example() {
    try (var server = await(createServer(Echo::new, "127.0.0.1", 0))) {
      Future<Void> lost = runningLoop().createFuture();
      var pair = await(
          createConnection(() -> new Question("Hello, World!", lost), "127.0.0.1", server.port()));
      try {
        await(lost);
      } finally {
        pair.transport().close();
      }
    }
  }

  private static final class Echo implements Protocol {
    private Transport transport;

    @Override
    public void connectionMade(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void dataReceived(byte[] data) {
      System.out.println("server: got " + new String(data));
      transport.write(data);
      transport.close();
    }
  }

  private static final class Question implements Protocol {
    private final String message;
    private final Future<Void> lost;

    Question(String message, Future<Void> lost) {
      this.message = message;
      this.lost = lost;
    }

    @Override
    public void connectionMade(Transport transport) {
      System.out.println("client: sends " + message);
      transport.write(message.getBytes());
    }

    @Override
    public void dataReceived(byte[] data) {
      System.out.println("client: got " + new String(data));
    }

    @Override
    public void connectionLost(Throwable exception) {
      System.out.println("client: the server has closed the connection");
      lost.setResult(null);
    }
  }

  public static void main(String[] args) {
    Asyncio.run(EchoProtocol::example);
  }
}
