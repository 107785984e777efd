package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.createDatagramEndpoint;
import static dev.tandem.javaapi.Transports.createServer;

import dev.tandem.Future;
import dev.tandem.javaapi.DatagramOptions;
import dev.tandem.streams.DatagramProtocol;
import dev.tandem.streams.DatagramTransport;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The examples of {@code docs/streams.md}; a test compares what they print with the comments in them. */
final class StreamTransports {
  private StreamTransports() {}

  // region protocol
  static final class Echo implements Protocol {
    private Transport transport;

    @Override
    public void connectionMade(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void dataReceived(byte[] data) {
      transport.write(data);
    }

    @Override
    public void pauseWriting() {
      transport.pauseReading(); // the peer does not read: take no more from it
    }

    @Override
    public void resumeWriting() {
      transport.resumeReading();
    }
  }

  static final class FirstAnswer implements Protocol {
    final Future<String> answer = runningLoop().createFuture();

    @Override
    public void connectionMade(Transport transport) {
      transport.write("hello".getBytes());
    }

    @Override
    public void dataReceived(byte[] data) {
      answer.complete(new String(data));
    }

    @Override
    public void connectionLost(Throwable exception) {
      System.out.println("lost: " + exception);
    }
  }

  // endregion

  static void protocols() throws IOException {
    // region connection
    var server = await(createServer(Echo::new, "127.0.0.1", 0));
    var pair =
        await(createConnection(FirstAnswer::new, "127.0.0.1", server.port()), IOException.class);
    System.out.println(await(pair.protocol().answer)); // from callbacks to a task: a future
    pair.transport().close();
    server.close();
    await(server.waitClosed());
    // hello
    // lost: null
    // endregion
  }

  // region datagram-protocol
  static final class Clock implements DatagramProtocol {
    private DatagramTransport transport;

    @Override
    public void connectionMade(DatagramTransport transport) {
      this.transport = transport;
    }

    @Override
    public void datagramReceived(byte[] data, InetSocketAddress address) {
      transport.sendTo("noon".getBytes(), address);
    }
  }

  static final class Asking implements DatagramProtocol {
    final Future<String> answer = runningLoop().createFuture();

    @Override
    public void datagramReceived(byte[] data, InetSocketAddress address) {
      answer.complete(new String(data));
    }
  }

  // endregion

  static void datagramProtocols() {
    // region datagram
    var anyPort = new DatagramOptions().withLocalAddress(new InetSocketAddress("127.0.0.1", 0));
    var clock = await(createDatagramEndpoint(Clock::new, anyPort)).transport();
    var toClock = new DatagramOptions().withRemoteAddress(clock.getLocalAddress());
    var pair = await(createDatagramEndpoint(Asking::new, toClock));
    pair.transport().sendTo("what time is it?".getBytes());
    System.out.println(await(pair.protocol().answer));
    pair.transport().close();
    clock.close();
    // noon
    // endregion
  }
}
