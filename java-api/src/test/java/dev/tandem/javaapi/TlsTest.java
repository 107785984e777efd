package dev.tandem.javaapi;

import static dev.tandem.javaapi.Asyncio.await;
import static dev.tandem.javaapi.Asyncio.runningLoop;
import static dev.tandem.javaapi.Streams.openConnection;
import static dev.tandem.javaapi.Streams.startServer;
import static dev.tandem.javaapi.Transports.createConnection;
import static dev.tandem.javaapi.Transports.startTls;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tandem.Future;
import dev.tandem.streams.CertificateVerificationException;
import dev.tandem.streams.ClientCertificates;
import dev.tandem.streams.PemException;
import dev.tandem.streams.Protocol;
import dev.tandem.streams.TlsIdentity;
import dev.tandem.streams.TlsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java faces of TLS, over real sockets. What TLS itself does is tested beside it. */
class TlsTest extends OnEachCarrier {
  private static final String HOST = "127.0.0.1";

  @TempDir
  Path files;

  private TlsOptions server;
  private TlsOptions client;

  /** The key and the certificate, made out to 127.0.0.1 and two.example, vouch for themselves. */
  @BeforeEach
  void readIdentity() {
    Path identity = copy("identity.pem");
    server = TlsOptions.identifiedBy(TlsIdentity.fromPem(identity));
    client = TlsOptions.trusting(identity).withHandshakeTimeout(Duration.ofSeconds(20));
  }

  @Test
  void sessionTellsWhatWasAgreedUpon() {
    Asyncio.run(() -> {
      var options = server.withApplicationProtocols("h2").withProtocols("TLSv1.3");
      try (var running = await(startServer(HOST, 0, options, TlsTest::echo));
          var connection = await(openConnection(
              HOST, running.port(), client.withApplicationProtocols("http/1.1", "h2")))) {
        connection.writer().write("hello\n".getBytes());
        assertEquals("hello\n", new String(await(connection.reader().readLine())));
        var session = connection.writer().tls();
        assertEquals("TLSv1.3", session.getProtocol());
        assertEquals("h2", session.getApplicationProtocol());
        assertEquals(1, session.getPeerCertificates().size());
      }
    });
  }

  @Test
  void bothSidesShowCertificates() {
    List<String> seen = new ArrayList<>();
    Path identity = copy("identity.pem");
    Asyncio.run(() -> {
      var options =
          server.withTrusted(identity).withClientCertificates(ClientCertificates.REQUIRED);
      ConnectionHandler handler = (reader, writer) -> {
        var peer = writer.tls().getPeerCertificates().get(0);
        seen.add(peer.getSubjectX500Principal().getName());
        echo(reader, writer);
      };
      var mutual = client.withIdentities(TlsIdentity.fromPem(identity));
      try (var running = await(startServer(HOST, 0, options, handler));
          var connection = await(openConnection(HOST, running.port(), mutual))) {
        connection.writer().write("hello\n".getBytes());
        await(connection.reader().readLine());
      }
    });
    assertEquals(List.of("CN=127.0.0.1"), seen);
  }

  @Test
  void startTlsTurnsBothSidesIntoTls() {
    Asyncio.run(() -> {
      ConnectionHandler handler = (reader, writer) -> {
        await(reader.readLine());
        writer.write("go ahead\n".getBytes());
        await(writer.startTls(server));
        echo(reader, writer);
      };
      try (var running = await(startServer(HOST, 0, handler));
          var connection = await(openConnection(HOST, running.port()))) {
        assertNull(connection.writer().tls());
        connection.writer().write("STARTTLS\n".getBytes());
        assertEquals("go ahead\n", new String(await(connection.reader().readLine())));
        Void started = await(connection.startTls(client, "two.example"));
        assertNull(started);
        assertEquals("two.example", connection.writer().tls().getServerName());
        connection.writer().write("secret\n".getBytes());
        assertEquals("secret\n", new String(await(connection.reader().readLine())));
      }
    });
  }

  @Test
  void startTlsHandsOverToAnotherProtocol() {
    Asyncio.run(() -> {
      ConnectionHandler handler = (reader, writer) -> {
        await(reader.readLine());
        writer.write("go ahead\n".getBytes());
        await(writer.startTls(server));
        echo(reader, writer);
      };
      try (var running = await(startServer(HOST, 0, handler))) {
        var pair = await(createConnection(Line::new, HOST, running.port()));
        var transport = pair.transport();
        transport.write("STARTTLS\n".getBytes());
        assertEquals("go ahead\n", await(pair.protocol().received));
        var secure = new Line();
        assertSame(transport, await(startTls(transport, secure, client, "two.example")));
        assertEquals("two.example", transport.getTls().getServerName());
        transport.write("secret\n".getBytes());
        assertEquals("secret\n", await(secure.received));
        transport.close();
        await(secure.lost);
      }
    });
  }

  @Test
  void wrongHostIsTheExceptionItself() {
    Asyncio.run(() -> {
      try (var running = await(startServer(HOST, 0, server, TlsTest::echo))) {
        var failure = assertThrows(
            CertificateVerificationException.class,
            () -> await(
                openConnection(HOST, running.port(), client.withServerName("three.example"))));
        assertEquals(CertificateVerificationException.Reason.WRONG_HOST, failure.getReason());
      }
    });
  }

  @Test
  void missingFileFailsTheStart() {
    Asyncio.run(() -> {
      var missing = TlsOptions.identifiedBy(TlsIdentity.fromPem(files.resolve("missing.pem")));
      assertThrows(PemException.class, () -> await(startServer(HOST, 0, missing, TlsTest::echo)));
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) {
    for (byte[] line = await(reader.readLine()); line.length > 0; line = await(reader.readLine())) {
      writer.write(line);
    }
  }

  private Path copy(String name) {
    Path target = files.resolve(name);
    if (Files.exists(target)) return target;
    try (InputStream resource = TlsTest.class.getResourceAsStream(name)) {
      Files.copy(resource, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return target;
  }

  private static final class Line implements Protocol {
    final Future<String> received = runningLoop().createFuture();
    final Future<String> lost = runningLoop().createFuture();

    @Override
    public void dataReceived(byte[] data) {
      received.complete(new String(data));
    }

    @Override
    public void connectionLost(Throwable exception) {
      lost.complete("lost");
    }
  }
}
