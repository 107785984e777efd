package dev.tandem.samples.docs;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.createServer;

import dev.tandem.Future;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.Transport;
import java.io.IOException;

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
}
