package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static dev.tandem.javaapi.Transports.connectAcceptedSocket;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.createDatagramEndpoint;
import static dev.tandem.javaapi.Transports.createServer;
import static dev.tandem.javaapi.Transports.openDatagramEndpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Future;
import dev.tandem.streams.DatagramProtocol;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.TlsOptions;
import dev.tandem.streams.Transport;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** The face of what takes over sockets. What becomes of these is tested beside the streams. */
class GivenSocketTest extends OnEachCarrier {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  @Test
  void streamsCarryWhatGoesThroughASocketThatIsGiven() {
    Asyncio.run(() -> {
      try (var listening = ServerSocketChannel.open().bind(ANY_PORT);
          var client = await(openConnection(SocketChannel.open(listening.getLocalAddress())));
          var server =
              await(openConnection(listening.accept(), new ConnectOptions().withLimit(10)))) {
        client.writer().write("hello\n".getBytes());
        assertEquals("hello\n", new String(await(server.reader().readLine())));
        assertEquals(10, server.reader().limit());
      }
    });
  }

  @Test
  void optionsThatCannotBeMetAreRefused() {
    Asyncio.run(() -> {
      try (var socket = SocketChannel.open()) {
        var local = new ConnectOptions().withLocalAddress(ANY_PORT);
        assertThrows(IllegalArgumentException.class, () -> openConnection(socket, local));
        var nameless = new ConnectOptions().withSsl(new TlsOptions());
        assertThrows(IllegalArgumentException.class, () -> await(openConnection(socket, nameless)));
        assertThrows(IllegalArgumentException.class, () -> await(openConnection(socket)));
      }
    });
  }

  @Test
  void serversServeOnSocketsThatAreBound() {
    Asyncio.run(() -> {
      var socket = ServerSocketChannel.open().bind(ANY_PORT);
      var options = new ServerOptions().withLimit(7);
      try (var server = await(startServer(
              socket,
              options,
              (reader, writer) -> writer.write(("limit " + reader.limit()).getBytes())));
          var client = await(openConnection("127.0.0.1", server.port()))) {
        assertEquals("limit 7", new String(await(client.reader().read())));
      }
      assertFalse(socket.isOpen());
      var plain = ServerSocketChannel.open().bind(ANY_PORT);
      try (var server = await(startServer(plain, (reader, writer) -> writer.write(new byte[3])));
          var client = await(openConnection("127.0.0.1", server.port()))) {
        assertEquals(3, await(client.reader().read()).length);
      }
    });
  }

  @Test
  void protocolsTalkOverSocketsThatAreGiven() {
    Asyncio.run(() -> {
      try (var listening = ServerSocketChannel.open().bind(ANY_PORT)) {
        var asking =
            await(createConnection(Answer::new, SocketChannel.open(listening.getLocalAddress())));
        var answering = await(connectAcceptedSocket(Answer::new, listening.accept()));
        answering.transport().write("welcome".getBytes());
        assertEquals("welcome", await(asking.protocol().first));
        asking.transport().close();
        answering.transport().close();
      }
    });
  }

  @Test
  void protocolsAreServedOnASocketThatIsBound() {
    Asyncio.run(() -> {
      Greeting greeting = data -> {};
      try (var server =
              await(createServer(() -> greeting, ServerSocketChannel.open().bind(ANY_PORT)));
          var client = await(openConnection("127.0.0.1", server.port()))) {
        assertEquals("hi", new String(await(client.reader().readExactly(2))));
      }
    });
  }

  @Test
  void datagramsGoThroughSocketsThatAreGiven() {
    Asyncio.run(() -> {
      var heard = runningLoop().<String>createFuture();
      DatagramProtocol hearing = (data, sender) -> heard.complete(new String(data));
      var bound = DatagramChannel.open(StandardProtocolFamily.INET).bind(ANY_PORT);
      var receiving = await(createDatagramEndpoint(() -> hearing, bound)).transport();
      try (var sender =
          await(openDatagramEndpoint(DatagramChannel.open(StandardProtocolFamily.INET)))) {
        await(sender.send("hello".getBytes(), receiving.getLocalAddress()));
        assertEquals("hello", await(heard));
      }
      receiving.close();
    });
  }

  private interface Greeting extends Protocol {
    @Override
    default void connectionMade(Transport transport) {
      transport.write("hi".getBytes());
    }
  }

  private static final class Answer implements Protocol {
    final Future<String> first = runningLoop().createFuture();

    @Override
    public void dataReceived(byte[] data) {
      first.complete(new String(data));
    }
  }
}
