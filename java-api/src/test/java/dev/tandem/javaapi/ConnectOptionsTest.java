package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.openUnixConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.streams.LimitOverrunException;
import dev.tandem.streams.TlsOptions;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectOptionsTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  @TempDir
  Path directory;

  @Test
  void eachOptionIsUsed() {
    var options = new ConnectOptions()
        .withLimit(3)
        .withLocalAddress(new InetSocketAddress("127.0.0.5", 0))
        .withConnectTimeout(SECOND.multipliedBy(20))
        .withHappyEyeballsDelay(null);
    Asyncio.run(() -> {
      try (var server = await(
              startServer(HOST, 0, (reader, writer) -> writer.write("too long\n".getBytes())));
          var connection = await(openConnection(HOST, server.port(), options))) {
        var local = (InetSocketAddress) connection.writer().localAddress();
        assertEquals("127.0.0.5", local.getAddress().getHostAddress());
        assertEquals(3, connection.reader().limit());
        assertThrows(
            LimitOverrunException.class, () -> await(connection.reader().readLine()));
      }
    });
  }

  @Test
  void timeLimitNamesPeerAndLimit() {
    var options = new ConnectOptions()
        .withSsl(new TlsOptions().withHandshakeTimeout(Duration.ofMillis(50)))
        .withConnectTimeout(SECOND.multipliedBy(20));
    Asyncio.run(() -> {
      try (var silent = new ServerSocket(0)) {
        var late = assertThrows(
            SocketTimeoutException.class,
            () -> await(openConnection(HOST, silent.getLocalPort(), options)));
        assertEquals(
            "The TLS handshake with 127.0.0.1:" + silent.getLocalPort()
                + " was not over after 50ms",
            late.getMessage());
      }
    });
  }

  @Test
  void optionsAreCopiedNotChanged() {
    var options = new ConnectOptions();
    options.withLimit(1).withConnectTimeout(SECOND);
    assertEquals(
        "ConnectOptions(no TLS, limit=65536, localAddress=null, connectTimeout=null, happyEyeballsDelay=PT0.25S)",
        options.toString());
  }

  @Test
  void badOptionsFailTheCall() {
    Asyncio.run(() -> {
      var timeless = new ConnectOptions().withConnectTimeout(Duration.ZERO);
      assertThrows(IllegalArgumentException.class, () -> await(openConnection(HOST, 1, timeless)));
      var limitless = new ConnectOptions().withLimit(0);
      assertThrows(IllegalArgumentException.class, () -> await(openConnection(HOST, 1, limitless)));
      var local = new ConnectOptions().withLocalAddress(new InetSocketAddress(0));
      assertThrows(IllegalArgumentException.class, () -> openUnixConnection(directory, local));
    });
  }

  @Test
  void unixSocketCarriesBothDirections() {
    var path = directory.resolve("s");
    Asyncio.run(() -> {
      try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(path));
        try (var connection = await(openUnixConnection(path));
            var peer = server.accept()) {
          peer.write(ByteBuffer.wrap("hello\n".getBytes()));
          assertEquals("hello\n", new String(await(connection.reader().readLine())));
          connection.writer().write("bye".getBytes());
          var received = ByteBuffer.allocate(3);
          peer.read(received);
          assertEquals("bye", new String(received.array()));
        }
      }
      assertThrows(
          NoSuchFileException.class, () -> await(openUnixConnection(directory.resolve("none"))));
    });
  }
}
