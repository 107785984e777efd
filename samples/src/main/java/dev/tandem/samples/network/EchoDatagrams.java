package dev.tandem.samples.network;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Transports.createDatagramEndpoint;

import dev.tandem.Future;
import dev.tandem.javaapi.Asyncio;
import dev.tandem.javaapi.DatagramOptions;
import dev.tandem.streams.DatagramProtocol;
import dev.tandem.streams.DatagramTransport;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The echo over UDP: protocols that get datagrams, each with the address it came from. */
public final class EchoDatagrams {
  private EchoDatagrams() {}

  static void example() {
    var anyPort = new DatagramOptions().withLocalAddress(new InetSocketAddress("127.0.0.1", 0));
    try (var server = await(createDatagramEndpoint(Echo::new, anyPort)).transport()) {
      Future<Void> closed = runningLoop().createFuture();
      var toServer = new DatagramOptions().withRemoteAddress(server.getLocalAddress());
      await(createDatagramEndpoint(() -> new Question("Hello, World!", closed), toServer));
      await(closed);
    }
  }

  private static final class Echo implements DatagramProtocol {
    private DatagramTransport transport;

    @Override
    public void connectionMade(DatagramTransport transport) {
      this.transport = transport;
    }

    @Override
    public void datagramReceived(byte[] data, InetSocketAddress address) {
      System.out.println("server: got " + new String(data));
      transport.sendTo(data, address);
    }
  }

  private static final class Question implements DatagramProtocol {
    private final String message;
    private final Future<Void> closed;
    private DatagramTransport transport;

    Question(String message, Future<Void> closed) {
      this.message = message;
      this.closed = closed;
    }

    @Override
    public void connectionMade(DatagramTransport transport) {
      this.transport = transport;
      System.out.println("client: sends " + message);
      transport.sendTo(message.getBytes());
    }

    @Override
    public void datagramReceived(byte[] data, InetSocketAddress address) {
      System.out.println("client: got " + new String(data));
      transport.close();
    }

    @Override
    public void errorReceived(IOException exception) {
      System.out.println("client: " + exception);
    }

    @Override
    public void connectionLost(Throwable exception) {
      System.out.println("client: closed");
      closed.setResult(null);
    }
  }

  public static void main(String[] args) {
    Asyncio.run(EchoDatagrams::example);
  }
}
