package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.createTask;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Asyncio.sleep;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.createDatagramEndpoint;
import static dev.tandem.javaapi.Transports.createServer;
import static dev.tandem.javaapi.Transports.createUnixConnection;
import static dev.tandem.javaapi.Transports.createUnixServer;
import static dev.tandem.javaapi.Transports.openDatagramEndpoint;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.CancelledException;
import dev.tandem.EventLoop;
import dev.tandem.Future;
import dev.tandem.streams.BufferedProtocol;
import dev.tandem.streams.DatagramProtocol;
import dev.tandem.streams.DatagramTooLargeException;
import dev.tandem.streams.DatagramTransport;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The Java faces of UDP, transports and protocols. What they do is tested beside them. */
class TransportsTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(HOST, 0);

  private final List<String> log = new ArrayList<>();

  @Test
  void protocolsTalkToEachOther() {
    Asyncio.run(() -> {
      try (var server = await(createServer(Echo::new, HOST, 0))) {
        var pair = await(createConnection(Recorder::new, HOST, server.port()), IOException.class);
        var client = pair.protocol();
        assertSame(client, pair.transport().getProtocol());
        pair.transport().write("hello".getBytes());
        assertEquals("hello", await(client.received));
        pair.transport().close();
        await(client.lost);
        assertTrue(pair.transport().isClosing());
      }
    });
    assertEquals(List.of("connectionMade", "dataReceived hello", "connectionLost null"), log);
  }

  @Test
  void connectOptionsReachTheSocket() {
    Asyncio.run(() -> {
      var local = new InetSocketAddress("127.0.0.9", 0);
      var options = new ConnectOptions()
          .withLocalAddress(local)
          .withConnectTimeout(Duration.ofMinutes(20))
          .withHappyEyeballsDelay(null);
      try (var server = await(createServer(Echo::new, HOST, 0))) {
        var pair = await(createConnection(Recorder::new, HOST, server.port(), options));
        var address = (InetSocketAddress) pair.transport().getLocalAddress();
        assertEquals(local.getAddress(), address.getAddress());
        assertNull(pair.transport().getTls());
        pair.transport().close();
        await(pair.protocol().lost);
      }
      var timeless = new ConnectOptions().withConnectTimeout(Duration.ZERO);
      assertThrows(
          IllegalArgumentException.class,
          () -> await(createConnection(Recorder::new, HOST, 1, timeless)));
    });
  }

  @Test
  void serverOptionsReachTheServer() {
    Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
    Supplier<Echo> factory = () -> {
      loops.add(runningLoop());
      return new Echo();
    };
    Asyncio.run(() -> {
      var options = new ServerOptions().withStartServing(false).withLoops(2);
      var server = await(createServer(factory, List.of(HOST, "127.0.0.2"), 0, options));
      assertFalse(server.isServing());
      server.startServing();
      for (var host : List.of(HOST, "127.0.0.2")) {
        var connection = await(openConnection(host, server.port()));
        connection.writer().write("x".getBytes());
        assertEquals("x", new String(await(connection.reader().readExactly(1))));
      }
    });
    assertEquals(2, loops.size());
    assertTrue(loops.stream().allMatch(EventLoop::isClosed));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void unixSocketsCarryProtocols(@TempDir Path directory) {
    Asyncio.run(() -> {
      var path = directory.resolve("s");
      var onlyOurs = PosixFilePermissions.fromString("rw-------");
      var serverOptions = new ServerOptions().withPermissions(onlyOurs);
      try (var server = await(createUnixServer(Echo::new, path, serverOptions))) {
        assertTrue(server.isServing());
        assertEquals(onlyOurs, Files.getPosixFilePermissions(path));
        var options = new ConnectOptions().withConnectTimeout(Duration.ofMinutes(20));
        var pair = await(createUnixConnection(Recorder::new, path, options));
        pair.transport().write("hello".getBytes());
        assertEquals("hello", await(pair.protocol().received));
        pair.transport().close();
        await(pair.protocol().lost);
      }
      assertFalse(Files.exists(path));
      var local = new ConnectOptions().withLocalAddress(ANY_PORT);
      assertThrows(
          IllegalArgumentException.class, () -> createUnixConnection(Recorder::new, path, local));
    });
  }

  @Test
  void awaitingCodeTalksToProtocols() {
    Asyncio.run(() -> {
      try (var server = await(createServer(Echo::new, HOST, 0));
          var connection = await(openConnection(HOST, server.port()))) {
        connection.writer().write("line\n".getBytes());
        assertEquals("line\n", new String(await(connection.reader().readLine())));
      }
    });
  }

  @Test
  void bufferedProtocolsGetBytesWhereTheyWantThem() {
    Asyncio.run(() -> {
      try (var server = await(createServer(Echo::new, HOST, 0))) {
        var pair = await(createConnection(Filling::new, HOST, server.port()), IOException.class);
        pair.transport().writeLines(List.of("ab".getBytes(), "cd".getBytes()));
        assertEquals("abcd", await(pair.protocol().full));
        pair.transport().abort();
      }
    });
  }

  @Test
  void failureToConnectIsTheExceptionItself() {
    Asyncio.run(() -> {
      int port;
      try (var server = await(createServer(Echo::new, HOST, 0))) {
        port = server.port();
      }
      assertThrows(
          ConnectException.class,
          () -> await(createConnection(Recorder::new, HOST, port), IOException.class));
      assertThrows(NullPointerException.class, () -> createConnection(null, HOST, port));
    });
  }

  @Test
  void datagramProtocolsHearFromEndpoints() {
    Asyncio.run(() -> {
      var pair = await(
          createDatagramEndpoint(Answering::new, new DatagramOptions().withLocalAddress(ANY_PORT)));
      var toIt = new DatagramOptions().withRemoteAddress(pair.transport().getLocalAddress());
      try (var endpoint = await(openDatagramEndpoint(toIt))) {
        await(endpoint.send("question".getBytes()));
        assertEquals("question?", new String(await(endpoint.receive()).data()));
      }
      pair.transport().close();
      await(pair.protocol().lost);
    });
  }

  @Test
  void datagramsGoToAnAddressAndBack() {
    Asyncio.run(() -> {
      try (var one = await(openDatagramEndpoint(ANY_PORT));
          var other = await(openDatagramEndpoint(ANY_PORT))) {
        await(one.send(ByteBuffer.wrap("ping".getBytes()), other.getLocalAddress()));
        var datagram = await(other.receive());
        assertEquals(one.getLocalAddress(), datagram.address());
        await(other.send("pong".getBytes(), datagram.address()));
        var target = ByteBuffer.allocate(10);
        assertEquals(other.getLocalAddress(), await(one.receiveInto(target)));
        assertArrayEquals(
            "pong".getBytes(),
            new byte[] {target.get(0), target.get(1), target.get(2), target.get(3)});
      }
    });
  }

  @Test
  void datagramsThatDoNotFitAreNotCutOff() {
    Asyncio.run(() -> {
      try (var endpoint = await(openDatagramEndpoint(ANY_PORT))) {
        await(endpoint.send("too long".getBytes(), endpoint.getLocalAddress()));
        var error = assertThrows(
            DatagramTooLargeException.class,
            () -> await(endpoint.receiveInto(ByteBuffer.allocate(3)), IOException.class));
        assertEquals("too long", new String(error.getDatagram().data()));
      }
    });
  }

  @Test
  void nobodyListeningIsTold() {
    Asyncio.run(() -> {
      InetSocketAddress nobody;
      try (var endpoint = await(openDatagramEndpoint(ANY_PORT))) {
        nobody = endpoint.getLocalAddress();
      }
      var options = new DatagramOptions().withRemoteAddress(nobody);
      try (var endpoint = await(openDatagramEndpoint(options))) {
        assertEquals(nobody, endpoint.getRemoteAddress());
        await(endpoint.send(ByteBuffer.wrap("hello".getBytes())));
        assertThrows(
            PortUnreachableException.class, () -> await(endpoint.receive(), IOException.class));
      }
    });
  }

  @Test
  void cancelledReceiveLosesNoDatagram() {
    Asyncio.run(() -> {
      try (var endpoint = await(openDatagramEndpoint(ANY_PORT))) {
        var waiting = createTask(endpoint.receive());
        await(sleep(Duration.ZERO));
        waiting.cancel();
        assertThrows(CancelledException.class, () -> await(waiting));
        await(endpoint.send("kept".getBytes(), endpoint.getLocalAddress()));
        assertEquals("kept", new String(await(endpoint.receive()).data()));
      }
    });
  }

  @Test
  void closedEndpointSaysSo() {
    Asyncio.run(() -> {
      var endpoint = await(openDatagramEndpoint(ANY_PORT));
      var waiting = createTask(endpoint.receive());
      await(sleep(Duration.ZERO));
      endpoint.close();
      assertTrue(endpoint.isClosing());
      assertThrows(SocketException.class, () -> await(waiting, IOException.class));
    });
  }

  @Test
  void settingsAreThoseOfTheSocket() {
    var options = new DatagramOptions()
        .withLocalAddress(ANY_PORT)
        .withBroadcast(true)
        .withReusePort(true)
        .withFamily(StandardProtocolFamily.INET);
    Asyncio.run(() -> {
      try (var endpoint = await(openDatagramEndpoint(options))) {
        assertTrue(endpoint.getBroadcast());
        endpoint.setBroadcast(false);
        assertFalse(endpoint.getOption(StandardSocketOptions.SO_BROADCAST));
        endpoint.setMulticastTimeToLive(2);
        assertEquals(2, endpoint.getMulticastTimeToLive());
        endpoint.setMulticastLoopback(false);
        assertFalse(endpoint.getMulticastLoopback());
        assertSame(endpoint.asKotlin().getLocalAddress(), endpoint.getLocalAddress());
      }
    });
  }

  private final class Recorder implements Protocol {
    final Future<String> received = runningLoop().createFuture();
    final Future<String> lost = runningLoop().createFuture();

    @Override
    public void connectionMade(Transport transport) {
      log.add("connectionMade");
    }

    @Override
    public void dataReceived(byte[] data) {
      log.add("dataReceived " + new String(data));
      received.complete(new String(data));
    }

    @Override
    public void connectionLost(Throwable exception) {
      log.add("connectionLost " + exception);
      lost.complete("lost");
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
      transport.write(data);
    }
  }

  private static final class Filling implements BufferedProtocol {
    final Future<String> full = runningLoop().createFuture();
    private final ByteBuffer buffer = ByteBuffer.allocate(4);

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      return buffer;
    }

    @Override
    public void bufferUpdated(int count) {
      if (!buffer.hasRemaining()) {
        full.complete(new String(buffer.array()));
      }
    }
  }

  private static final class Answering implements DatagramProtocol {
    final Future<String> lost = runningLoop().createFuture();
    private DatagramTransport transport;

    @Override
    public void connectionMade(DatagramTransport transport) {
      this.transport = transport;
    }

    @Override
    public void datagramReceived(byte[] data, InetSocketAddress address) {
      transport.sendTo((new String(data) + "?").getBytes(), address);
    }

    @Override
    public void connectionLost(Throwable exception) {
      lost.complete("lost");
    }
  }
}
