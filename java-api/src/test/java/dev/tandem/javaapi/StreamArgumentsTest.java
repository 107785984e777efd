package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.openUnixConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tandem.streams.KtorSocketsKt;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.TlsOptions;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Arguments that are forgotten are named at the call; and what null or nothing stands for. */
class StreamArgumentsTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  @Test
  void whatIsNullIsNamedBeforeAnythingIsAwaited() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, (reader, writer) -> await(reader.read())));
          var connection = await(openConnection(HOST, server.port()))) {
        var reader = connection.reader();
        var writer = connection.writer();
        ConnectOptions noOptions = null;
        named("separator", () -> reader.readUntil((byte[]) null));
        named("separator", () -> reader.readUntil(new byte[1], null));
        named("target", () -> reader.readInto((byte[]) null));
        named("target", () -> reader.readInto(null, 0, 0));
        named("target", () -> reader.readInto((ByteBuffer) null));
        named("path", () -> writer.sendFile(null));
        named("file", () -> writer.sendFile((FileChannel) null, 0, 1));
        named("options", () -> openUnixConnection(Path.of("s"), noOptions));
        named("hosts", () -> startServer((List<String>) null, 0, new ServerOptions(), null));
        named(
            "a host; an empty one stands for all addresses of this machine",
            () -> startServer(Arrays.asList(HOST, null), 0, new ServerOptions(), null));
      }
    });
  }

  @Test
  void aFactoryThatMakesNothingIsNamed() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, (reader, writer) -> await(reader.read())))) {
        var making = Transports.createConnection(() -> (Protocol) null, HOST, server.port());
        named("protocolFactory has returned null", () -> await(making));
      }
    });
  }

  @Test
  void anEmptyHostIsEveryAddress() {
    Asyncio.run(() -> {
      try (var server = await(startServer("", 0, new ServerOptions(), (reader, writer) -> {}))) {
        var address = (InetSocketAddress) server.localAddresses().get(0);
        assertTrue(address.getAddress().isAnyLocalAddress());
      }
    });
  }

  @Test
  void aVariableThatIsNullStandsForPlainTcp() {
    TlsOptions none = null;
    Asyncio.run(() -> {
      try (var server =
              await(startServer(HOST, 0, none, (reader, writer) -> writer.write("hi".getBytes())));
          var connection = await(openConnection(HOST, server.port(), none))) {
        assertEquals("hi", new String(await(connection.reader().read())));
      }
    });
  }

  @Test
  void facesShareWhatTheyShowWithKotlin() {
    Asyncio.run(() -> {
      try (var server = await(startServer(HOST, 0, (reader, writer) -> {
        assertSame(reader.asKotlin(), reader.asKotlin());
        await(reader.read());
      }))) {
        assertEquals(server.port(), server.asKotlin().getPort());
        var connection = await(openConnection(HOST, server.port()));
        assertSame(connection.writer().asKotlin(), connection.asKotlin().getWriter());
        KtorSocketsKt.asKtorSocket(connection.asKotlin()).close();
        await(connection.writer().waitClosed());
      }
    });
  }

  private static void named(String argument, Executable call) {
    assertEquals(argument, assertThrows(NullPointerException.class, call).getMessage());
  }
}
